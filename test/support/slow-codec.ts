/**
 * The message codec again, slow and obvious: big integers, one byte at a time, no shared code with the real one.
 * Where the two disagree, one of them is wrong.
 */
import { createHash } from 'node:crypto';

export interface SlowMessage {
  messageType: string;
  schemaVersion: bigint;
  createdMs: bigint;
  sequence: bigint;
  flags: bigint;
  messageId: string;
  payloadType: bigint;
  payload: number[];
}

export function slowEncode(message: SlowMessage): number[] {
  const id = message.messageId.replaceAll('-', '').match(/../g) ?? [];
  const idBytes = id.map((hex) => Number.parseInt(hex, 16));
  const digest = createHash('sha256').update(Uint8Array.from(message.payload)).digest();
  return [
    ...bigEndian(116n, 4),
    ...message.messageType
      .padEnd(32, ' ')
      .split('')
      .map((letter) => letter.charCodeAt(0)),
    ...bigEndian(message.schemaVersion, 4),
    ...bigEndian(message.createdMs, 8),
    ...bigEndian(message.sequence, 8),
    ...bigEndian(message.flags, 8),
    ...idBytes.slice(8),
    ...idBytes.slice(0, 8),
    ...digest,
    ...bigEndian(message.payloadType, 4),
    ...bigEndian(BigInt(message.payload.length), 4),
    ...message.payload,
  ];
}

/** Only for bytes that are a message; the real decoder's refusals are tested apart. */
export function slowDecode(bytes: number[]): SlowMessage {
  const headerLength = Number(numberAt(bytes, 0, 4));
  const wire = bytes.slice(64, 80);
  const hex = [...wire.slice(8), ...wire.slice(0, 8)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  return {
    messageType: String.fromCharCode(...bytes.slice(4, 36)).replace(/[ \0]+$/u, ''),
    schemaVersion: numberAt(bytes, 36, 4),
    createdMs: numberAt(bytes, 40, 8),
    sequence: numberAt(bytes, 48, 8),
    flags: numberAt(bytes, 56, 8),
    messageId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5'),
    payloadType: headerLength === 116 ? numberAt(bytes, 112, 4) : 0n,
    payload: bytes.slice(headerLength + 4),
  };
}

function bigEndian(value: bigint, width: number): number[] {
  return Array.from({ length: width }, (_, i) => Number((value >> BigInt(8 * (width - 1 - i))) & 255n));
}

function numberAt(bytes: number[], at: number, width: number): bigint {
  return bytes.slice(at, at + width).reduce((value, byte) => value * 256n + BigInt(byte), 0n);
}
