import { open } from 'node:fs/promises';

/** Bytes of a file from an offset on; a negative one counts from the end. None when there is no file. */
export async function bytesFrom(
  path: string,
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<Buffer> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return Buffer.alloc(0);
  try {
    const from = offset < 0 ? Math.max(0, (await file.stat()).size + offset) : offset;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
