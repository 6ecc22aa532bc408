import { type FileHandle, open } from 'node:fs/promises';

/** Each of the two buffers, in bytes: enough that the disk gets few and large writes. */
const BUFFER_BYTES = 1 << 20;

/** Writes a file from its start, piece by piece. Rejects with the system's error, of an earlier piece as well. */
export interface FileWriter {
  /** Takes a piece, which is the caller's again when this resolves. */
  write(piece: string | Uint8Array): Promise<void>;
  /** Writes what is left and closes the file. */
  end(): Promise<void>;
  /** Closes the file as it is. */
  abandon(): Promise<void>;
}

/** A file behind two buffers: one fills while the other one is on its way to the disk. Memory is theirs alone. */
export async function openFileWriter(path: string): Promise<FileWriter> {
  const file = await open(path, 'w');
  let filling = Buffer.allocUnsafe(BUFFER_BYTES);
  let resting = Buffer.allocUnsafe(BUFFER_BYTES);
  let filled = 0;
  let writing: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    await writing;
    writing = file.writeFile(filling.subarray(0, filled));
    // Whoever waits for it meets the failure; until then it is nobody's.
    writing.catch(() => undefined);
    [filling, resting] = [resting, filling];
    filled = 0;
  };
  return {
    async write(piece) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      for (let at = 0; at < bytes.length; ) {
        const fits = Math.min(bytes.length - at, BUFFER_BYTES - filled);
        filling.set(fits === bytes.length ? bytes : bytes.subarray(at, at + fits), filled);
        filled += fits;
        at += fits;
        if (filled === BUFFER_BYTES) await flush();
      }
    },
    async end() {
      await flush();
      await writing;
      await file.close();
    },
    abandon: () => closeAfter(writing, file),
  };
}

async function closeAfter(writing: Promise<void>, file: FileHandle): Promise<void> {
  await writing.catch(() => undefined);
  await file.close().catch(() => undefined);
}
