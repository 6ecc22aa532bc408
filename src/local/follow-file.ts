import { type FileHandle, open } from 'node:fs/promises';

const CHUNK_BYTES = 64 * 1024;
/** A longer line is given in pieces of this size, so that a file without line ends does not fill the memory. */
const LINE_BYTES_MAX = 1024 * 1024;
const NEWLINE = 0x0a;

/** Called again and again for the lines that are new. It holds the file open until it is disposed of. */
export type FileLines = (() => AsyncGenerator<string, void, undefined>) & AsyncDisposable;

/**
 * The lines of a file that grows, each exactly once over all calls of the function that this gives. Its place is a
 * byte offset in one file: what was read is never read again, and a line whose end is not there yet waits. A file
 * that was moved away is read to its end before the new one is begun; one that was cut short is begun anew.
 */
export function fileLines(path: string): FileLines {
  let file: FileHandle | undefined;
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);
  const begin = async (): Promise<void> => {
    file = await openIfThere(path);
    offset = 0;
    rest = Buffer.alloc(0);
  };
  const close = async (): Promise<void> => {
    await file?.close();
    file = undefined;
  };
  return Object.assign(lines, { [Symbol.asyncDispose]: close });

  async function* lines(): AsyncGenerator<string, void, undefined> {
    if (file === undefined) await begin();
    let isMoved = false;
    while (file !== undefined) {
      const { size } = await file.stat();
      if (size < offset) {
        offset = 0;
        rest = Buffer.alloc(0);
      }
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, offset);
      if (bytesRead > 0) {
        offset += bytesRead;
        const split = splitLines(Buffer.concat([rest, chunk.subarray(0, bytesRead)]));
        rest = split.rest;
        yield* split.lines;
        continue;
      }
      if (!isMoved) {
        if (await isCurrent(file, path)) return;
        // Something may have been written between the last look and the move: look once more.
        isMoved = true;
        continue;
      }
      isMoved = false;
      // Nothing can be added to a file that is no longer there by its name: what is left is a whole line.
      if (rest.length > 0) yield rest.toString('utf8');
      await file.close();
      await begin();
    }
  }
}

function splitLines(bytes: Buffer): { lines: string[]; rest: Buffer } {
  const lines: string[] = [];
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    lines.push(bytes.toString('utf8', start, end));
    start = end + 1;
  }
  if (bytes.length - start > LINE_BYTES_MAX) {
    lines.push(bytes.toString('utf8', start));
    start = bytes.length;
  }
  return { lines, rest: Buffer.from(bytes.subarray(start)) };
}

async function isCurrent(file: FileHandle, path: string): Promise<boolean> {
  const there = await openIfThere(path);
  // Moved away and nothing new yet: the old one may still be written to.
  if (there === undefined) return true;
  try {
    const [mine, current] = await Promise.all([file.stat(), there.stat()]);
    return mine.ino === current.ino && mine.dev === current.dev;
  } finally {
    await there.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
