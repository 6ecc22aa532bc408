import type { DatabaseAccess, DatabaseUser, SqlSession } from '../platform/database.ts';
import { unknownSecret } from '../platform/secret-failures.ts';
import type {
  RotationEvent,
  RotationStep,
  RotationStrategy,
  SecretDescription,
  Secrets,
  SecretValue,
} from '../platform/secrets.ts';
import type { Clock } from '../std/clock.ts';
import { Failure } from '../std/failure.ts';
import { accessTo, SHOP_DATABASE } from './database.ts';
import { notDeployed } from './errors.ts';
import { withFileLock } from './file-lock.ts';
import { type RunningServer, startServer } from './mysql-server.ts';
import type { LocalPaths } from './paths.ts';
import { type RotationDeps, recoverSecret, rotateSecret } from './rotate-secret.ts';
import { checkConsumers, consumersOf } from './secret-consumers.ts';
import { currentVersion, isUnfinished, withInterval } from './secret-versions.ts';
import { adminLockedOut } from './secrets-errors.ts';
import {
  findStoredSecret,
  removeDrafts,
  replaceStoredSecret,
  type StoredSecret,
  secretPath,
  secretsLockPath,
} from './secrets-file.ts';
import { openSqlSession } from './sql-session.ts';

/** The admin last: if anything is wrong, it is noticed while his login is still the old one. */
const NAMES: readonly DatabaseUser[] = ['etl_reader', 'shop_api', 'admin'];
const WAIT_FOR_ROTATION_MS = 60_000;
const DAY_MS = 86_400_000;

export interface LocalSecretsInput {
  readonly paths: LocalPaths;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  /** @default stg_core */
  readonly databaseName?: string;
  readonly strategy: RotationStrategy;
  readonly bufferPoolMegabytes?: number;
  readonly notify?: (message: string) => void;
}

export interface LocalSecretsDeps {
  readonly clock: Clock;
  readonly graceMs?: number;
  readonly afterStep?: (step: RotationStep) => Promise<void> | void;
}

/** The logins of the private server: one file each, rotated against the server itself. */
export function openLocalSecrets(input: LocalSecretsInput, deps: LocalSecretsDeps): Secrets {
  const folder = input.paths.secrets;
  const describe = (stored: StoredSecret): SecretDescription => descriptionOf(stored, input.strategy);
  return {
    list: () => Promise.all(NAMES.map(async (name) => describe(await storedSecret(input.paths, name)))),
    describe: async (name) => describe(await storedSecret(input.paths, userOf(name))),
    reveal: async (name) => {
      const { username, password } = await storedSecret(input.paths, userOf(name));
      return { username, password };
    },
    check: async (name) => {
      const user = userOf(name);
      const stored = await storedSecret(input.paths, user);
      const { accessWith } = await openServer(input);
      return checkConsumers(user, accessWith(stored));
    },
    rotate: (request, notify) => {
      const user = userOf(request.name);
      return underLock(folder, request.signal, async () => {
        const stored = await storedSecret(input.paths, user);
        await using opened = await openRotation({ ...input, user, tell: notify }, deps);
        return await rotateSecret({ request, stored }, opened.deps);
      });
    },
    recover: (name, notify) => {
      const user = userOf(name);
      return underLock(folder, undefined, async () => {
        const stored = await storedSecret(input.paths, user);
        await using opened = await openRotation({ ...input, user, tell: notify }, deps);
        return (await recoverSecret(stored, opened.deps)) !== stored;
      });
    },
    schedule: ({ name, everyDays }) => {
      const user = userOf(name);
      return underLock(folder, undefined, async () => {
        const scheduled = withInterval(await storedSecret(input.paths, user), everyDays);
        await replaceStoredSecret(folder, scheduled);
        return describe(scheduled);
      });
    },
  };
}

function userOf(name: string): DatabaseUser {
  const user = NAMES.find((known) => known === name);
  if (user === undefined) throw unknownSecret({ name, names: NAMES });
  return user;
}

async function storedSecret(paths: LocalPaths, user: DatabaseUser): Promise<StoredSecret> {
  const stored = await findStoredSecret(paths.secrets, user);
  if (stored === undefined) throw notDeployed({ root: paths.root, what: `the login of ${user}` });
  return stored;
}

function descriptionOf(stored: StoredSecret, strategy: RotationStrategy): SecretDescription {
  const current = currentVersion(stored);
  const changedAt = current.currentAt ?? current.createdAt;
  const { name, username, everyDays = null } = stored;
  return {
    name,
    username,
    strategy: name === 'admin' ? 'single-user' : strategy,
    changedAt,
    // Nothing runs here by itself: an interval says when it is due, and an operator rotates.
    rotatedBy: 'operator',
    everyDays,
    nextRotationAt:
      everyDays === null ? null : new Date(Date.parse(changedAt) + everyDays * DAY_MS).toISOString(),
    state: isUnfinished(stored) ? 'unfinished' : 'steady',
    versions: stored.versions.map(({ id, createdAt, labels }) => ({ id, createdAt, labels })).reverse(),
    consumers: consumersOf(name),
  };
}

interface OpenedServer {
  readonly server: RunningServer;
  readonly accessWith: (login: SecretValue) => DatabaseAccess;
}

async function openServer(input: LocalSecretsInput): Promise<OpenedServer> {
  const { paths, databaseName = SHOP_DATABASE } = input;
  const server = await startServer({ ...input, databaseName });
  const access = await accessTo({ paths, server, user: 'admin', databaseName });
  return { server, accessWith: ({ username: user, password }) => ({ ...access, user, password }) };
}

async function openRotation(
  input: LocalSecretsInput & { user: DatabaseUser; tell: (event: RotationEvent) => void },
  deps: LocalSecretsDeps,
): Promise<AsyncDisposable & { readonly deps: RotationDeps }> {
  const { paths, user } = input;
  const { accessWith } = await openServer(input);
  await removeDrafts(paths.secrets);
  const admin = await openAdmin({ paths, accessWith });
  const say = (step: RotationStep, state: RotationEvent['state'], message: string): void =>
    input.tell({ secret: user, step, state, message });
  return {
    deps: { ...deps, secretsFolder: paths.secrets, strategy: input.strategy, admin, accessWith, say },
    [Symbol.asyncDispose]: () => admin[Symbol.asyncDispose](),
  };
}

/** Logs in as admin with whichever of his passwords the server takes: after a power cut it may be an older one. */
async function openAdmin(input: {
  readonly paths: LocalPaths;
  readonly accessWith: OpenedServer['accessWith'];
}): Promise<SqlSession> {
  const { paths, accessWith } = input;
  const { password, versions } = await storedSecret(paths, 'admin');
  const candidates = new Set([password, ...versions.flatMap((version) => version.password ?? [])]);
  let refused: unknown;
  for (const candidate of candidates) {
    try {
      return await openSqlSession(accessWith({ username: 'admin', password: candidate }));
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'database-login-refused') throw error;
      refused = error;
    }
  }
  throw adminLockedOut({ path: secretPath(paths.secrets, 'admin'), cause: refused });
}

function underLock<T>(folder: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const lock = {
    path: secretsLockPath(folder),
    purpose: 'change passwords of the local database',
    timeoutMs: WAIT_FOR_ROTATION_MS,
  };
  return withFileLock(signal === undefined ? lock : { ...lock, signal }, work);
}
