import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskFull, folderTooDeep } from './errors.ts';
import type { ServerPaths } from './paths.ts';

const DATA_PATH_BYTES_MAX = 380;
/** Less than this and the server's own first files do not fit. */
const FREE_BYTES_MIN = 150 * 1024 * 1024;

/** MariaDB cuts the paths of its files at 512 bytes; the longest table and temporary names need the rest. */
export function requireShortPath(server: ServerPaths): void {
  const bytes = Buffer.byteLength(server.data);
  if (bytes > DATA_PATH_BYTES_MAX) throw folderTooDeep({ bytes, bytesMax: DATA_PATH_BYTES_MAX });
}

/** Throws when the disk has no room for the server's own files. */
export async function requireSpace(server: ServerPaths): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(server.root)).catch(() => ({
    bavail: 1e9,
    bsize: 1e9,
  }));
  if (bavail * bsize < FREE_BYTES_MIN) throw diskFull({ folder: server.root });
}
