import type { DatabaseUser, SqlSession } from '../platform/database.ts';
import { nativeHash, setPasswords } from './database-passwords.ts';
import { withFileLock } from './file-lock.ts';
import { ensureSecret, secretsLockPath } from './secrets-file.ts';

/** What each login may do in the shop's database, and nowhere else. A consistent snapshot needs SELECT only. */
const RIGHTS: Readonly<Record<Exclude<DatabaseUser, 'admin'>, string>> = {
  shop_api: 'SELECT, INSERT, UPDATE, DELETE',
  etl_reader: 'SELECT',
};
/** Longer than one rotation takes. */
const WAIT_FOR_ROTATION_MS = 30_000;

/**
 * Creates `shop_api` and `etl_reader` with the passwords of their secret files and exactly the rights
 * they need. True when anything had to change. Waits for a rotation that is under way.
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
  for (const user of ['shop_api', 'etl_reader'] as const) {
    const { password } = await ensureSecret(input.secrets, user);
    // An underscore in a GRANT's database name is a wildcard unless it is escaped.
    const scope = `\`${input.databaseName.replaceAll('_', '\\_')}\`.*`;
    const login = `GRANT USAGE ON *.* TO \`${user}\`@\`%\` IDENTIFIED BY PASSWORD '${nativeHash(password)}'`;
    const rights = `GRANT ${RIGHTS[user]} ON ${scope} TO \`${user}\`@\`%\``;
    const grants = await grantsOf(user, deps.admin);
    if (sameLines(grants, [login, rights])) continue;
    changed = true;
    if (!sameLines(grants.slice(1), [rights])) {
      await deps.admin.query(`DROP USER IF EXISTS '${user}'@'%'`);
      const hash = nativeHash(password);
      await deps.admin.query(`CREATE USER '${user}'@'%' IDENTIFIED BY PASSWORD '${hash}'`);
      await deps.admin.query(`GRANT ${RIGHTS[user]} ON ${scope} TO '${user}'@'%'`);
    } else {
      // Only the password differs: whoever logs in with the right one at this moment must not find the user gone.
      await setPasswords({ username: user, passwords: [password] }, deps);
    }
  }
  return changed;
}

async function grantsOf(user: string, admin: SqlSession): Promise<string[]> {
  const found = await admin.query('SELECT 1 FROM mysql.user WHERE User = ? AND Host = ?', [user, '%']);
  if (found.rows.length === 0) return [];
  const { rows } = await admin.query(`SHOW GRANTS FOR '${user}'@'%'`);
  return rows.map((row) => row[0] ?? '');
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, at) => line === b[at]);
}
