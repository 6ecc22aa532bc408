/** MySQL's error numbers that the shop's code decides on; MariaDB uses the same. */
export const TABLE_EXISTS = 1050;
export const DUPLICATE_COLUMN = 1060;
export const DUPLICATE_KEY_NAME = 1061;
export const DUPLICATE_ENTRY = 1062;
export const CANNOT_DROP = 1091;

export const LOCK_WAIT_TIMEOUT = 1205;
export const DEADLOCK = 1213;
export const NO_REFERENCED_ROW = 1452;

/** Too many connections, server shutting down, connection killed, read-only after a failover (MySQL and MariaDB). */
const SERVER_AWAY: readonly number[] = [
  1040, 1053, 1077, 1079, 1158, 1159, 1160, 1161, 1290, 1836, 1927, 3169,
];

const CAUSES_MOST = 5;

/** The server's error number, wherever in the chain of causes the driver's error is; undefined when there is none. */
export function sqlErrorNumber(error: unknown): number | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < CAUSES_MOST && current instanceof Error; depth++) {
    if ('errno' in current && typeof current.errno === 'number') return current.errno;
    current = current.cause;
  }
  return undefined;
}

/** True when the server, or the way to it, is gone or refuses for a while; the request itself was not at fault. */
export function isServerAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (SERVER_AWAY.includes(sqlErrorNumber(error) ?? 0)) return true;
  if ('fatal' in error && error.fatal === true) return true;
  // Errors that the server reported have an SQLSTATE; the rest came from the driver or the network.
  const code = 'code' in error ? String(error.code) : '';
  return !('sqlState' in error && error.sqlState) && /^(PROTOCOL_|E[A-Z]+$|ER_SERVER_|POOL_)/.test(code);
}
