import assert from 'node:assert/strict';
import test from 'node:test';
import { CommandScanner } from '../../src/mysql/command-scanner.ts';
import { MalformedPacket } from '../../src/mysql/malformed-packet.ts';
import { encodePacket, PAYLOAD_BYTES_MAX, type Packet, PacketReader } from '../../src/mysql/packet.ts';
import { seededRandom } from '../support/seeded-random.ts';

const BYTES_MAX = 1_000;

function readAll(reader: PacketReader): Packet[] {
  const packets: Packet[] = [];
  for (let packet = reader.next(); packet !== undefined; packet = reader.next()) packets.push(packet);
  return packets;
}

test('packets come out whole wherever the bytes were cut', () => {
  const sent = [0, 1, 250, 0, 999].map((length, index) => ({
    sequence: index,
    payload: new Uint8Array(length).fill(index + 1),
  }));
  const bytes = Buffer.concat(sent.map((packet) => encodePacket(packet.sequence, packet.payload)));
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reader = new PacketReader(BYTES_MAX);
    reader.push(bytes.subarray(0, cut));
    const before = readAll(reader);
    reader.push(bytes.subarray(cut));
    assert.deepEqual([...before, ...readAll(reader)], sent, `cut at ${cut}`);
    assert.equal(reader.heldBytes, 0);
  }
});

test('what was not read is handed over byte for byte', () => {
  const bytes = Buffer.concat([
    encodePacket(0, Uint8Array.of(1, 2, 3)),
    encodePacket(1, new Uint8Array(20).fill(7)),
  ]);
  for (let end = 7; end <= bytes.length; end++) {
    const reader = new PacketReader(BYTES_MAX);
    reader.push(bytes.subarray(0, end));
    assert.deepEqual(reader.next()?.payload, Uint8Array.of(1, 2, 3));
    if (end < bytes.length) assert.equal(reader.next(), undefined);
    assert.deepEqual(Buffer.from(reader.takeRest()), bytes.subarray(7, end));
  }
});

test('a header that announces too much is refused before a byte of it is kept', () => {
  const reader = new PacketReader(BYTES_MAX);
  reader.push(encodePacket(0, new Uint8Array(BYTES_MAX + 1)).subarray(0, 4));
  assert.throws(() => reader.next(), MalformedPacket);
});

/** Feeds in pieces and gives what passed, up to the COM_CHANGE_USER if there was one. */
function scanPieces(pieces: readonly Uint8Array[]): { passed: Buffer; stopped: Buffer | undefined } {
  const scanner = new CommandScanner();
  const passed: Uint8Array[] = [];
  for (const [index, piece] of pieces.entries()) {
    const scanned = scanner.scan(piece);
    passed.push(...scanned.pass);
    if (scanned.stopped === undefined) continue;
    return {
      passed: Buffer.concat(passed),
      stopped: Buffer.concat([scanned.stopped, ...pieces.slice(index + 1)]),
    };
  }
  return { passed: Buffer.concat(passed), stopped: undefined };
}

const QUERY = 0x03;
const CHANGE_USER = 0x11;
const commands = [
  encodePacket(0, Uint8Array.of(QUERY, CHANGE_USER, CHANGE_USER)),
  encodePacket(1, Uint8Array.of(CHANGE_USER)),
  encodePacket(0, new Uint8Array()),
  encodePacket(0, Uint8Array.of(QUERY)),
];
const change = encodePacket(0, Uint8Array.of(CHANGE_USER, 0x61, 0));

test('only a command that is COM_CHANGE_USER stops the stream, wherever it was cut', () => {
  const before = Buffer.concat(commands);
  const bytes = Buffer.concat([before, change, ...commands]);
  for (let first = 0; first <= bytes.length; first++) {
    for (let second = first; second <= bytes.length; second++) {
      const pieces = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
      const { passed, stopped } = scanPieces(pieces);
      assert.deepEqual(passed, before, `cut at ${first} and ${second}`);
      assert.deepEqual(stopped, bytes.subarray(before.length));
    }
  }
});

test('the continuation of a 16 MB packet is not taken for a command', () => {
  const first = encodePacket(0, new Uint8Array(PAYLOAD_BYTES_MAX).fill(QUERY));
  // A server would number it 1, but numbers wrap: after 255 such packets it is 0 again.
  const continuation = encodePacket(0, Uint8Array.of(CHANGE_USER, 0x61, 0));
  const random = seededRandom(7);
  const bytes = Buffer.concat([first, continuation, change]);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.below(200_000);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  const { passed, stopped } = scanPieces(pieces);
  assert.equal(passed.length, first.length + continuation.length);
  assert.deepEqual(stopped, Buffer.from(change));
});
