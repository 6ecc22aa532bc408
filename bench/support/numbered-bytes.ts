// Bytes of which no two pieces are alike, the same on both ends: a lost, doubled or misplaced one changes the digest.
import { createCipheriv } from 'node:crypto';

const CHUNK_BYTES = 64 * 1024;
const PATTERN = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(
  Buffer.alloc(CHUNK_BYTES),
);

/** Gives `length` bytes in chunks, each with its number in front. */
export function* numberedBytes(length: number): Generator<Buffer> {
  let number = 0n;
  for (let left = length; left > 0; left -= CHUNK_BYTES) {
    const chunk = Buffer.from(PATTERN);
    chunk.writeBigUInt64BE(number++);
    yield left >= CHUNK_BYTES ? chunk : chunk.subarray(0, left);
  }
}
