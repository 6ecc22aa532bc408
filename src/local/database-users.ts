import { createHash } from 'node:crypto';
import type { DatabaseUser, SqlSession } from '../platform/database.ts';
import { assert } from '../std/assert.ts';
import { ensureSecret } from './secrets-file.ts';

/** What each login may do in the shop's database, and nowhere else. A consistent snapshot needs SELECT only. */
const RIGHTS: Readonly<Record<Exclude<DatabaseUser, 'admin'>, string>> = {
  shop_api: 'SELECT, INSERT, UPDATE, DELETE',
  etl_reader: 'SELECT',
};

/**
 * Creates `shop_api` and `etl_reader` with the passwords of their secret files and exactly the rights
 * they need. True when anything had to change.
 */
export async function ensureDatabaseUsers(
  input: { readonly secrets: string; readonly databaseName: string },
  deps: { readonly admin: SqlSession },
): Promise<boolean> {
  let changed = false;
  for (const user of ['shop_api', 'etl_reader'] as const) {
    const { password } = await ensureSecret(input.secrets, user);
    assert(/^[\w-]+$/.test(password), 'a made password needs no quoting');
    // An underscore in a GRANT's database name is a wildcard unless it is escaped.
    const scope = `\`${input.databaseName.replaceAll('_', '\\_')}\`.*`;
    const wanted = [
      `GRANT USAGE ON *.* TO \`${user}\`@\`%\` IDENTIFIED BY PASSWORD '${nativeHash(password)}'`,
      `GRANT ${RIGHTS[user]} ON ${scope} TO \`${user}\`@\`%\``,
    ];
    if (sameLines(await grantsOf(user, deps.admin), wanted)) continue;
    changed = true;
    await deps.admin.query(`DROP USER IF EXISTS '${user}'@'%'`);
    await deps.admin.query(`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`);
    await deps.admin.query(`GRANT ${RIGHTS[user]} ON ${scope} TO '${user}'@'%'`);
  }
  return changed;
}

async function grantsOf(user: string, admin: SqlSession): Promise<string[]> {
  const found = await admin.query('SELECT 1 FROM mysql.user WHERE User = ? AND Host = ?', [user, '%']);
  if (found.rows.length === 0) return [];
  const { rows } = await admin.query(`SHOW GRANTS FOR '${user}'@'%'`);
  return rows.map((row) => row[0] ?? '');
}

/** How mysql_native_password keeps a password. */
function nativeHash(password: string): string {
  const once = createHash('sha1').update(password).digest();
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, at) => line === b[at]);
}
