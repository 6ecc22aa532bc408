import { open, readFile, stat } from 'node:fs/promises';

const LOG_BYTES_MAX = 4 * 1024 * 1024;

/** For a process that is started to write on; one that grew long begins anew. */
export async function openLog(path: string) {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  return open(path, size > LOG_BYTES_MAX ? 'w' : 'a', 0o600);
}

/** What was written since it had `from` bytes. */
export async function textFrom(path: string, from: number): Promise<string> {
  return (await readFile(path)).subarray(from).toString('utf8');
}
