import type { DatabaseUser, SqlSession } from '../platform/database.ts';
import { assert } from '../std/assert.ts';
import { dropOthers, grantsOf, nativeHash, setPasswords } from './database-logins.ts';
import { withFileLock } from './file-lock.ts';
import { loginsOf, type UserLogin, withoutPending } from './secret-versions.ts';
import { ensureSecret, findStoredSecret, secretsLockPath } from './secrets-file.ts';

/** What each login may do in the shop's database, and nowhere else. A consistent snapshot needs SELECT only. */
const RIGHTS: Readonly<Record<Exclude<DatabaseUser, 'admin'>, string>> = {
  shop_api: 'SELECT, INSERT, UPDATE, DELETE',
  etl_reader: 'SELECT',
};
/** Longer than one rotation takes. */
const WAIT_FOR_ROTATION_MS = 30_000;

/**
 * Creates `shop_api` and `etl_reader`, and who takes turns with them, with the passwords of their secret files and exactly
 * the rights they need. True when anything had to change. Waits for a rotation that is under way.
 */
export async function ensureDatabaseUsers(
  input: { readonly secrets: string; readonly databaseName: string },
  deps: { readonly admin: SqlSession },
): Promise<boolean> {
  const lock = {
    path: secretsLockPath(input.secrets),
    purpose: 'change passwords of the local database',
    timeoutMs: WAIT_FOR_ROTATION_MS,
  };
  return withFileLock(lock, () => ensureUsers(input, deps));
}

async function ensureUsers(
  input: { readonly secrets: string; readonly databaseName: string },
  deps: { readonly admin: SqlSession },
): Promise<boolean> {
  let changed = false;
  for (const name of ['shop_api', 'etl_reader'] as const) {
    await ensureSecret(input.secrets, name);
    const stored = await findStoredSecret(input.secrets, name);
    assert(stored !== undefined, 'a secret that was ensured is there');
    const logins = loginsOf(withoutPending(stored));
    for (const login of logins) {
      if (await ensureUser({ ...login, rights: RIGHTS[name], databaseName: input.databaseName }, deps)) {
        changed = true;
      }
    }
    if (await dropOthers({ name, logins }, deps)) changed = true;
  }
  return changed;
}

async function ensureUser(
  input: UserLogin & { readonly rights: string; readonly databaseName: string },
  deps: { readonly admin: SqlSession },
): Promise<boolean> {
  const { username, passwords, rights } = input;
  const hash = nativeHash(passwords[0] ?? '');
  // An underscore in a GRANT's database name is a wildcard unless it is escaped.
  const scope = `\`${input.databaseName.replaceAll('_', '\\_')}\`.*`;
  const login = `GRANT USAGE ON *.* TO \`${username}\`@\`%\` IDENTIFIED BY PASSWORD '${hash}'`;
  const wanted = `GRANT ${rights} ON ${scope} TO \`${username}\`@\`%\``;
  const grants = await grantsOf(username, deps);
  if (sameLines(grants, [login, wanted])) return false;
  if (sameLines(grants.slice(1), [wanted])) {
    // Only the password differs: whoever logs in with the right one at this moment must not find the user gone.
    await setPasswords(input, deps);
    return true;
  }
  await deps.admin.query(`DROP USER IF EXISTS '${username}'@'%'`);
  await deps.admin.query(`CREATE USER '${username}'@'%' IDENTIFIED BY PASSWORD '${hash}'`);
  await deps.admin.query(`GRANT ${rights} ON ${scope} TO '${username}'@'%'`);
  return true;
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, at) => line === b[at]);
}
