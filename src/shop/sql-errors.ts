/** MySQL's error numbers that the shop's code decides on; MariaDB uses the same. */
export const TABLE_EXISTS = 1050;
export const DUPLICATE_COLUMN = 1060;
export const DUPLICATE_KEY_NAME = 1061;
export const DUPLICATE_ENTRY = 1062;
export const CANNOT_DROP = 1091;

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
