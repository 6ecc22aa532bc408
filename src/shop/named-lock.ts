import type { SqlSession } from '../platform/database.ts';
import { databaseBusy } from './errors.ts';

export interface NamedLock {
  /** At most 64 characters: MySQL's limit. */
  readonly name: string;
  readonly waitSeconds: number;
  /** What cannot be done while another holds it: `migrate the shop's database`. */
  readonly purpose: string;
}

/** Runs `work` while this session holds the server-wide lock. The server frees it when the session dies. */
export async function withNamedLock<T>(
  lock: NamedLock,
  session: SqlSession,
  work: () => Promise<T>,
): Promise<T> {
  const taken = await session.query('SELECT GET_LOCK(?, ?)', [lock.name, lock.waitSeconds]);
  if (taken.rows[0]?.[0] !== '1') throw databaseBusy(lock.purpose);
  try {
    return await work();
  } finally {
    // A session that died has freed the lock already; its own error is the one to tell.
    await session.query('SELECT RELEASE_LOCK(?)', [lock.name]).catch(() => undefined);
  }
}
