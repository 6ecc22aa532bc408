import assert from 'node:assert/strict';
import { hash, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import {
  encodeAcknowledgement,
  readAcknowledgedSequence,
  readClosedNotice,
} from '../../src/tunnel/acknowledgement.ts';
import { type AgentMessage, decodeMessage, encodeMessage, isMessageFault } from '../../src/tunnel/message.ts';
import { slowDecode, slowEncode } from '../support/slow-codec.ts';
import { TunnelChance } from '../support/tunnel-chance.ts';

interface MessageVector {
  readonly name: string;
  readonly hex: string;
  readonly messageType: string;
  readonly seq?: number;
  readonly flags?: number;
  readonly messageId?: string;
  readonly payloadType?: number;
  readonly payloadLength?: number;
  readonly payloadText?: string | null;
  readonly createdDate?: number;
}

const fixture = new URL('../fixtures/ssm-vectors.json', import.meta.url);
const vectors: MessageVector[] = JSON.parse(readFileSync(fixture, 'utf8')).messages;
const sha256 = (bytes: Uint8Array) => hash('sha256', bytes, 'buffer');
const tools = { sha256, newId: () => '01234567-89ab-4cde-8f01-23456789abcd' };

function decode(bytes: Uint8Array): AgentMessage {
  const message = decodeMessage(bytes, tools);
  if (isMessageFault(message)) assert.fail(`not a message: ${message.fault}`);
  return message;
}

for (const vector of vectors) {
  test(`${vector.name}: read as its maker wrote it`, () => {
    const message = decode(Buffer.from(vector.hex, 'hex'));
    assert.equal(message.messageType, vector.messageType);
    if (vector.seq !== undefined) assert.equal(message.sequence, vector.seq);
    if (vector.flags !== undefined) assert.equal(message.flags, vector.flags);
    if (vector.messageId !== undefined) assert.equal(message.messageId, vector.messageId);
    if (vector.payloadType !== undefined) assert.equal(message.payloadType, vector.payloadType);
    if (vector.payloadLength !== undefined) assert.equal(message.payload.length, vector.payloadLength);
    if (vector.createdDate !== undefined) assert.equal(message.createdMs, vector.createdDate);
    if (typeof vector.payloadText === 'string')
      assert.equal(Buffer.from(message.payload).toString(), vector.payloadText);
  });

  test(`${vector.name}: cut short anywhere, it is refused or read as far as it goes, and never crashes`, () => {
    const bytes = Buffer.from(vector.hex, 'hex');
    for (let length = 0; length < bytes.length; length++) {
      const cut = decodeMessage(bytes.subarray(0, length), tools);
      const headerBytes = bytes.readUInt32BE(0) + 4;
      if (length < headerBytes) assert.ok(isMessageFault(cut), `${length} bytes are no message`);
      else if (length > headerBytes && !vector.name.includes('publication'))
        assert.ok(isMessageFault(cut), `${length} bytes have a wrong digest`);
    }
  });
}

/** What the gateway makes has its own header or padding, and dp never writes it. */
for (const vector of vectors.filter((one) => !one.name.startsWith('gateway_'))) {
  test(`${vector.name}: written byte for byte`, () => {
    const bytes = Buffer.from(vector.hex, 'hex');
    assert.equal(Buffer.from(encodeMessage(decode(bytes), tools)).toString('hex'), vector.hex);
  });
}

test('an acknowledgement is the reference client’s, byte for byte', () => {
  const vector = vectors.find((one) => one.name === 'ack') as MessageVector;
  const acknowledged = decode(Buffer.from(vectors[2]?.hex ?? '', 'hex'));
  const about = {
    ...acknowledged,
    messageType: 'output_stream_data',
    messageId: 'fedcba98-7654-4321-8fed-cba987654321',
    sequence: 7,
  };
  const bytes = encodeAcknowledgement(about, 1_700_000_000_000, tools);
  assert.equal(Buffer.from(bytes).toString('hex'), vector.hex);
  assert.equal(readAcknowledgedSequence(decode(bytes)), 7);
});

test('the gateway’s closing notice is read from its shorter header', () => {
  const vector = vectors.find((one) => one.name === 'gateway_channel_closed_hl112') as MessageVector;
  assert.equal(readClosedNotice(decode(Buffer.from(vector.hex, 'hex'))), 'Session idle');
});

test('the fast codec and a slow, obvious one agree on random messages', () => {
  const seed = Number(process.env.DP_SEED ?? randomInt(2 ** 31));
  const chance = new TunnelChance(seed);
  for (let round = 0; round < 300; round++) {
    const message: AgentMessage = {
      messageType: chance.pick(['input_stream_data', 'output_stream_data', 'acknowledge', 'news', 'x y']),
      schemaVersion: chance.between(0, 0xffff_ffff),
      createdMs: chance.between(1, Number.MAX_SAFE_INTEGER - 1),
      sequence: chance.between(0, chance.pick([9, 0xffff_ffff, Number.MAX_SAFE_INTEGER - 1])),
      flags: chance.between(0, 3),
      messageId: chance.uuid(),
      payloadType: chance.between(0, 12),
      payload: chance.bytes(chance.between(1, 300)),
    };
    const slow = slowEncode({
      ...message,
      schemaVersion: BigInt(message.schemaVersion),
      createdMs: BigInt(message.createdMs),
      sequence: BigInt(message.sequence),
      flags: BigInt(message.flags),
      payloadType: BigInt(message.payloadType),
      payload: [...message.payload],
    });
    const fast = encodeMessage(message, tools);
    assert.deepEqual([...fast], slow, `seed ${seed}, round ${round}`);
    const read = decode(fast);
    const slowRead = slowDecode(slow);
    assert.deepEqual(
      { ...read, payload: [...read.payload] },
      {
        ...slowRead,
        schemaVersion: Number(slowRead.schemaVersion),
        createdMs: Number(slowRead.createdMs),
        sequence: Number(slowRead.sequence),
        flags: Number(slowRead.flags),
        payloadType: Number(slowRead.payloadType),
      },
      `seed ${seed}, round ${round}`,
    );
  }
});

test('no bytes crash the decoder', () => {
  const seed = Number(process.env.DP_SEED ?? randomInt(2 ** 31));
  const chance = new TunnelChance(seed);
  for (let round = 0; round < 3_000; round++) {
    const whole = Buffer.from(chance.pick(vectors).hex, 'hex');
    const bytes = chance.chance(0.2) ? chance.bytes(chance.between(0, 400)) : Uint8Array.from(whole);
    for (let flips = chance.between(1, 6); flips > 0 && bytes.length > 0; flips--)
      bytes[chance.between(0, Math.min(bytes.length - 1, chance.pick([8, 120, 400])))] = chance.between(
        0,
        255,
      );
    const result = decodeMessage(bytes, tools);
    if (isMessageFault(result)) continue;
    assert.ok(result.payload.length <= bytes.length, `seed ${seed}, round ${round}`);
    assert.ok(Number.isSafeInteger(result.sequence) && result.sequence >= 0, `seed ${seed}, round ${round}`);
    readAcknowledgedSequence(result);
    readClosedNotice(result);
  }
});

test('control characters of a peer never reach the terminal', () => {
  const payload = new TextEncoder().encode(JSON.stringify({ Output: 'bad\u001b[2Jnews\r\n' }));
  const message = { ...decode(Buffer.from(vectors[0]?.hex ?? '', 'hex')), payload };
  assert.equal(readClosedNotice(message), 'bad [2Jnews');
});
