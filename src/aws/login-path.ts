/** Logging in to Aurora with a password that is tried out, and changing one's own. */
import type { DatabaseAccess, SqlSession } from '../platform/database.ts';
import type { SecretValue } from '../platform/secrets.ts';
import type { TargetName } from '../platform/sessions.ts';
import { Failure } from '../std/failure.ts';
import type { DatabaseTunnel } from './database.ts';

/** A way to one endpoint of the database, for logins with any password. Close it. */
export interface LoginPath extends AsyncDisposable {
  /** Throws a failure `database-login-refused` when the database says no. */
  logIn(value: SecretValue): Promise<SqlSession>;
}

export type OpenLoginPath = (target: TargetName) => Promise<LoginPath>;

/** Through a tunnel of this process; logins take turns, since the door asks for the password when one comes. */
export async function openLoginPath(input: {
  readonly database: string;
  readonly openTunnel: (value: () => SecretValue) => Promise<DatabaseTunnel>;
  readonly openSession: (access: DatabaseAccess) => Promise<SqlSession>;
}): Promise<LoginPath> {
  let value: SecretValue = { username: '', password: '' };
  const { host, port, user, password, close } = await input.openTunnel(() => value);
  let turn: Promise<unknown> = Promise.resolve();
  return {
    logIn: (tried) => {
      const mine = turn.then(() => {
        value = tried;
        return input.openSession({ host, port, user, password, database: input.database });
      });
      turn = mine.catch(() => undefined);
      return mine;
    },
    [Symbol.asyncDispose]: () => close(),
  };
}

/** Whether the database lets the user in. Anything but its refusal is thrown. */
export async function tryLogin(path: LoginPath, value: SecretValue): Promise<'accepted' | 'refused'> {
  try {
    await using _session = await path.logIn(value);
    return 'accepted';
  } catch (error) {
    if (error instanceof Failure && error.code === 'database-login-refused') return 'refused';
    throw error;
  }
}

/** Gives the user of this session another password, which takes no right but the login. The old one is refused from then on. */
export async function setOwnPassword(session: SqlSession, password: string): Promise<void> {
  const { rows } = await session.query('SELECT VERSION()');
  // MySQL 8 hashes by itself; what came before it, and MariaDB, want to be told.
  const hashes = /^([89]|\d\d)\./.test(rows[0]?.[0] ?? '') && !/mariadb/i.test(rows[0]?.[0] ?? '');
  await session.query(hashes ? 'SET PASSWORD = ?' : 'SET PASSWORD = PASSWORD(?)', [password]);
}

/** Opens each path once, when it is first needed. */
export function keepPaths(open: OpenLoginPath): AsyncDisposable & { readonly path: OpenLoginPath } {
  const opened = new Map<TargetName, Promise<LoginPath>>();
  return {
    path: (target) => {
      const known = opened.get(target) ?? open(target);
      opened.set(target, known);
      return known;
    },
    async [Symbol.asyncDispose]() {
      for (const one of await Promise.allSettled(opened.values())) {
        if (one.status === 'fulfilled') await one.value[Symbol.asyncDispose]();
      }
    },
  };
}
