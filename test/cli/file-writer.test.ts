import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { openFileWriter } from '../../src/cli/file-writer.ts';

test('a file has every piece in order, small, large and as text, though each is overwritten once it was taken', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dp-writer-'));
  try {
    const path = join(folder, 'out.bin');
    const file = await openFileWriter(path);
    const parts: Buffer[] = [];
    for (const [index, size] of [0, 1, 700_000, 400_000, 3_000_000, 17, 1 << 20, 5].entries()) {
      const piece = Buffer.alloc(size, String.fromCharCode(0x61 + index));
      parts.push(Buffer.from(piece));
      await file.write(piece);
      piece.fill(0);
      parts.push(Buffer.from('語\n'));
      await file.write('語\n');
    }
    await file.end();
    assert.ok((await readFile(path)).equals(Buffer.concat(parts)));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a file without a piece is empty', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dp-writer-'));
  try {
    const file = await openFileWriter(join(folder, 'out'));
    await file.end();
    assert.equal((await readFile(join(folder, 'out'))).length, 0);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a full disk is met by whoever writes next, or ends the file', {
  skip: process.platform !== 'linux',
}, async () => {
  const file = await openFileWriter('/dev/full');
  await assert.rejects(
    async () => {
      for (let index = 0; index < 4; index++) await file.write(Buffer.alloc(1 << 20, 'x'));
    },
    { code: 'ENOSPC' },
  );
  await file.abandon();
  const short = await openFileWriter('/dev/full');
  await short.write('x');
  await assert.rejects(short.end(), { code: 'ENOSPC' });
});
