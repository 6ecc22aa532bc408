import { createHash } from 'node:crypto';
import type { SqlSession } from '../platform/database.ts';
import { assert } from '../std/assert.ts';

/**
 * Has the server take any of these passwords for a user, and no other, from one statement to the next. MariaDB
 * has no RETAIN CURRENT PASSWORD, but takes several ways to log in for one user, and the same way may stand in the
 * list twice. Sessions that are open stay open.
 */
export async function setPasswords(
  input: { readonly username: string; readonly passwords: readonly string[] },
  deps: { readonly admin: SqlSession },
): Promise<void> {
  assert(input.passwords.length > 0 && /^\w+$/.test(input.username), 'a user has a name and a password');
  // Hashes instead of passwords: a statement may end up in a log of the server.
  const ways = input.passwords.map((password) => `mysql_native_password USING '${nativeHash(password)}'`);
  await deps.admin.query(`ALTER USER '${input.username}'@'%' IDENTIFIED VIA ${ways.join(' OR ')}`);
}

/** How mysql_native_password keeps a password. */
export function nativeHash(password: string): string {
  const once = createHash('sha1').update(password).digest();
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
}
