import { createHash, createHmac } from 'node:crypto';
import { RAISED } from '../plan/bound.ts';
import { bytesOf } from './bytes.ts';
import { type Scalar, scalar } from './scalar.ts';

/** Bytes come as hexadecimal digits. */
export const HASH_SCALARS: readonly Scalar[] = [
  scalar('dp_xxhash64', ['VARCHAR'], 'VARCHAR', (hex) =>
    xxhash64(bytesOf(hex)).toString(16).padStart(16, '0'),
  ),
  scalar('dp_crc32', ['VARCHAR'], 'BIGINT', (hex) => BigInt(crc32(bytesOf(hex)))),
  scalar('dp_sha512', ['VARCHAR'], 'VARCHAR', (hex) =>
    createHash('sha512').update(bytesOf(hex)).digest('hex'),
  ),
  scalar('dp_hmac', ['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', (hex, key, name) => {
    if (key === '') throw new Error(`${RAISED}Empty key`);
    return createHmac(name, bytesOf(key)).update(bytesOf(hex)).digest('hex');
  }),
];

const CRC_POLYNOMIAL = 0xedb88320;

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (CRC_POLYNOMIAL & -(sum & 1));
  }
  return ~sum >>> 0;
}

const PRIMES = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;
const [P1, P2, P3, P4, P5] = PRIMES;
const STRIPE_BYTES = 32;

const low = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotated = (value: bigint, by: bigint): bigint => low((value << by) | (low(value) >> (64n - by)));
const round = (sum: bigint, input: bigint): bigint => low(rotated(low(sum + input * P2), 31n) * P1);
const mixed = (sum: bigint, lane: bigint): bigint => low((sum ^ round(0n, lane)) * P1 + P4);

/** xxHash's 64-bit function with the seed 0. */
function xxhash64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let sum: bigint = P5;
  if (bytes.length >= STRIPE_BYTES) {
    let lanes = [P1 + P2, P2, 0n, -P1].map(low);
    for (; at + STRIPE_BYTES <= bytes.length; at += STRIPE_BYTES) {
      const start = at;
      lanes = lanes.map((lane, index) => round(lane, view.getBigUint64(start + 8 * index, true)));
    }
    const [one = 0n, two = 0n, three = 0n, four = 0n] = lanes;
    sum = low(rotated(one, 1n) + rotated(two, 7n) + rotated(three, 12n) + rotated(four, 18n));
    sum = lanes.reduce(mixed, sum);
  }
  sum = low(sum + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8) {
    sum = low(rotated(sum ^ round(0n, view.getBigUint64(at, true)), 27n) * P1 + P4);
  }
  if (at + 4 <= bytes.length) {
    sum = low(rotated(sum ^ low(BigInt(view.getUint32(at, true)) * P1), 23n) * P2 + P3);
    at += 4;
  }
  for (; at < bytes.length; at++) sum = low(rotated(sum ^ low(BigInt(view.getUint8(at)) * P5), 11n) * P1);
  sum = low((sum ^ (sum >> 33n)) * P2);
  sum = low((sum ^ (sum >> 29n)) * P3);
  return sum ^ (sum >> 32n);
}
