import { closeSync, fstatSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Written in pieces of this size: larger ones gain nothing, smaller ones cost system calls. */
const PIECE_BYTES = 1 << 20;

const LINE_END = 0x0a;

export interface LandingFile {
  /** Takes one line without its end. Throws what the system says when the disk is full. */
  add(line: Buffer): void;
  /** Writes what is left and gives the totals. */
  close(): { readonly rows: number; readonly bytes: number };
  /** Ends without more writing. */
  abandon(): void;
}

/** A new file of lines. Writing waits for the disk on purpose: the server then waits for us, and memory stays flat. */
export function createLandingFile(path: string): LandingFile {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'wx');
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  let used = 0;
  let rows = 0;
  let open = true;
  const flush = (): void => {
    writeFully(file, piece, used);
    used = 0;
  };
  return {
    add(line) {
      if (used + line.length + 1 > PIECE_BYTES) flush();
      if (line.length + 1 > PIECE_BYTES) writeFully(file, line, line.length);
      else used += line.copy(piece, used);
      piece[used++] = LINE_END;
      rows++;
    },
    close() {
      // Not synced to disk: after a power cut nobody reads what has landed, the next run lands anew.
      flush();
      const bytes = fstatSync(file).size;
      closeSync(file);
      open = false;
      return { rows, bytes };
    },
    abandon() {
      if (open) closeSync(file);
      open = false;
    },
  };
}

function writeFully(file: number, bytes: Buffer, length: number): void {
  for (let at = 0; at < length; ) at += writeSync(file, bytes, at, length - at);
}
