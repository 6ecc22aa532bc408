import { createHash } from 'node:crypto';
import { otherUser } from '../platform/alternating-users.ts';
import type { DatabaseUser, SqlSession } from '../platform/database.ts';
import { assert } from '../std/assert.ts';
import type { UserLogin } from './secret-versions.ts';

interface AdminDeps {
  readonly admin: SqlSession;
}

/**
 * Has the server take these logins of one secret, and no other. A user who is not there yet gets the rights of
 * `like`, and one who has others is made equal; of two who take turns, one without a login is dropped.
 */
export async function setLogins(
  input: { readonly name: DatabaseUser; readonly like: string; readonly logins: readonly UserLogin[] },
  deps: AdminDeps,
): Promise<void> {
  const { name, like, logins } = input;
  for (const login of logins) {
    if (login.username !== like) await ensureUserLike({ ...login, like }, deps);
    await setPasswords(login, deps);
  }
  await dropOthers({ name, logins }, deps);
}

/** Of the two users who may take turns, those without a login. True when there was one. */
export async function dropOthers(
  { name, logins }: { readonly name: DatabaseUser; readonly logins: readonly UserLogin[] },
  deps: AdminDeps,
): Promise<boolean> {
  let dropped = false;
  // The admin takes turns with nobody.
  for (const username of name === 'admin' ? [] : [name, otherUser(name)]) {
    if (logins.some((login) => login.username === username) || !(await userExists(username, deps))) continue;
    await deps.admin.query(`DROP USER '${username}'@'%'`);
    dropped = true;
  }
  return dropped;
}

/**
 * Has the server take any of these passwords for a user, and no other, from one statement to the next. MariaDB
 * has no RETAIN CURRENT PASSWORD, but takes several ways to log in for one user, and the same way may stand in the
 * list twice. Sessions that are open stay open.
 */
export async function setPasswords(login: UserLogin, { admin }: AdminDeps): Promise<void> {
  await admin.query(`ALTER USER '${login.username}'@'%' IDENTIFIED VIA ${waysOf(login)}`);
}

/** How mysql_native_password keeps a password. */
export function nativeHash(password: string): string {
  const once = createHash('sha1').update(password).digest();
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
}

/** SHOW GRANTS of a user: the first line has the login. Empty when there is none. */
export async function grantsOf(username: string, deps: AdminDeps): Promise<string[]> {
  if (!(await userExists(username, deps))) return [];
  const { rows } = await deps.admin.query(`SHOW GRANTS FOR '${username}'@'%'`);
  return rows.map((row) => row[0] ?? '');
}

async function userExists(username: string, { admin }: AdminDeps): Promise<boolean> {
  const { rows } = await admin.query('SELECT 1 FROM mysql.user WHERE User = ? AND Host = ?', [username, '%']);
  return rows.length > 0;
}

async function ensureUserLike(login: UserLogin & { readonly like: string }, deps: AdminDeps): Promise<void> {
  const { username, like } = login;
  const { admin } = deps;
  const grantee = `\`${username}\`@\`%\``;
  if (!(await userExists(username, deps))) {
    await admin.query(`CREATE USER ${grantee} IDENTIFIED VIA ${waysOf(login)}`);
  }
  const wanted = rightsIn(await grantsOf(like, deps), like);
  const found = rightsIn(await grantsOf(username, deps), username);
  for (const { rights, option } of found.filter((one) => !isIn(wanted, one))) {
    const grantOption = option.includes('GRANT OPTION') ? 'GRANT OPTION, ' : '';
    await admin.query(`REVOKE ${grantOption}${rights} FROM ${grantee}`);
  }
  for (const { rights, option } of wanted.filter((one) => !isIn(found, one))) {
    await admin.query(`GRANT ${rights} TO ${grantee}${option}`);
  }
}

interface Right {
  /** `SELECT ON stg_core.*`, or a role. */
  readonly rights: string;
  /** ` WITH GRANT OPTION`, or what else stands behind the user. */
  readonly option: string;
}

/** The lines of SHOW GRANTS without their user and his login. A default role is no right, and is left out. */
function rightsIn(grants: readonly string[], username: string): Right[] {
  const line = new RegExp(`^GRANT (.+) TO \`${username}\`@\`%\`(.*)$`);
  return grants.flatMap((grant) => {
    const [, rights, rest] = line.exec(grant) ?? [];
    if (rights === undefined || rest === undefined) return [];
    const option = rest.replace(/ IDENTIFIED (BY PASSWORD|VIA) .*?(?= REQUIRE | WITH |$)/, '');
    return [{ rights, option }];
  });
}

function isIn(rights: readonly Right[], one: Right): boolean {
  return rights.some(({ rights: same, option }) => same === one.rights && option === one.option);
}

function waysOf({ username, passwords }: UserLogin): string {
  assert(passwords.length > 0 && /^\w+$/.test(username), 'a user has a name and a password');
  // Hashes instead of passwords: a statement may end up in a log of the server.
  return passwords.map((one) => `mysql_native_password USING '${nativeHash(one)}'`).join(' OR ');
}
