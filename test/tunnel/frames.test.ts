import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { encodeFrame, FRAME, FrameDecoder, writeFrameHeader } from '../../src/tunnel/frames.ts';
import { TunnelChance } from '../support/tunnel-chance.ts';

const fixture = new URL('../fixtures/ssm-vectors.json', import.meta.url);
const vectors: Record<string, string> = JSON.parse(readFileSync(fixture, 'utf8')).smux;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('frames are the reference multiplexer’s, byte for byte', () => {
  assert.equal(hex(encodeFrame(FRAME.open, 3)), vectors.syn3);
  assert.equal(hex(encodeFrame(FRAME.data, 3, Buffer.from('hello'))), vectors.psh3_hello);
  assert.equal(hex(encodeFrame(FRAME.open, 5)), vectors.syn5);
  assert.equal(hex(encodeFrame(FRAME.end, 5)), vectors.fin5);
  assert.equal(hex(encodeFrame(FRAME.end, 3)), vectors.fin3);
  assert.equal(hex(encodeFrame(FRAME.nothing, 0)), vectors.nop);
  const header = new Uint8Array(8);
  writeFrameHeader(header, 0, { command: FRAME.data, stream: 3, length: 32_768 });
  assert.equal(hex(header), vectors.psh3_32768_header);
});

/** Reads pieces and gives what was said, data joined per stream as it came. */
function read(pieces: readonly Uint8Array[]): { said: string[]; whole: boolean } {
  const said: string[] = [];
  const decoder = new FrameDecoder();
  let whole = true;
  for (const piece of pieces)
    whole = decoder.push(piece, {
      opened: (stream) => said.push(`open ${stream}`),
      ended: (stream) => said.push(`end ${stream}`),
      data: (stream, bytes) => {
        const last = said.at(-1);
        if (last?.startsWith(`data ${stream} `)) said[said.length - 1] = last + hex(bytes);
        else said.push(`data ${stream} ${hex(bytes)}`);
      },
    });
  return { said, whole };
}

test('frames split anywhere, in two places, say the same', () => {
  const bytes = Buffer.concat([
    encodeFrame(FRAME.open, 3),
    encodeFrame(FRAME.data, 3, Buffer.from('hello')),
    encodeFrame(FRAME.nothing, 0),
    encodeFrame(FRAME.open, 0x0102_0305),
    encodeFrame(FRAME.data, 0xffff_ffff, Buffer.from('!')),
    encodeFrame(FRAME.end, 3),
  ]);
  const expected = ['open 3', 'data 3 68656c6c6f', 'open 16909061', 'data 4294967295 21', 'end 3'];
  for (let first = 0; first <= bytes.length; first++)
    for (let second = first; second <= bytes.length; second++) {
      const pieces = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
      assert.deepEqual(read(pieces), { said: expected, whole: true });
    }
});

test('a wrong version or an unknown command ends the reading for good', () => {
  for (const bad of ['0200000003000000', '0104000003000000', '01ff000003000000']) {
    const { said, whole } = read([Buffer.from(bad, 'hex'), encodeFrame(FRAME.open, 3)]);
    assert.deepEqual({ said, whole }, { said: [], whole: false });
  }
});

test('no bytes crash the frame decoder', () => {
  const seed = Number(process.env.DP_SEED ?? randomInt(2 ** 31));
  const chance = new TunnelChance(seed);
  for (let round = 0; round < 2_000; round++) {
    const good = encodeFrame(chance.between(0, 3), chance.between(0, 9), chance.bytes(chance.between(0, 20)));
    if (chance.chance(0.7)) good[chance.between(0, good.length - 1)] = chance.between(0, 255);
    read([good, chance.bytes(chance.between(0, 40))]);
  }
});
