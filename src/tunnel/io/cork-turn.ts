/** One system call for all that is written to a stream in one turn of the event loop, instead of one for each piece. */
import type { Writable } from 'node:stream';

/** To be called before each write. */
export function corkTurn(stream: Writable): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  queueMicrotask(() => stream.uncork());
}
