import { RAISED } from '../plan/bound.ts';
import { type Scalar, scalar } from './scalar.ts';

/** Bytes, which come and go as hexadecimal digits. */
export const BYTE_SCALARS: readonly Scalar[] = [
  scalar('dp_from_utf8', ['VARCHAR'], 'VARCHAR', (hex) => UTF8.decode(bytesOf(hex))),
  scalar('dp_from_utf8_with', ['VARCHAR', 'VARCHAR'], 'VARCHAR', (hex, by) =>
    UTF8.decode(bytesOf(hex)).replaceAll('\ufffd', by),
  ),
  scalar('dp_to_ieee754', ['DOUBLE', 'BIGINT'], 'VARCHAR', (value, bits) => {
    const view = new DataView(new ArrayBuffer(Number(bits) / 8));
    if (bits === 32n) view.setFloat32(0, value);
    else view.setFloat64(0, value);
    return hexOf(new Uint8Array(view.buffer));
  }),
  scalar('dp_from_ieee754', ['VARCHAR', 'BIGINT'], 'DOUBLE', (hex, bits) => {
    if (hex.length * 4 !== Number(bits))
      throw new Error(`${RAISED}Input floating-point value must have ${bits} bits`);
    const view = new DataView(Uint8Array.from(bytesOf(hex)).buffer);
    return bits === 32n ? view.getFloat32(0) : view.getFloat64(0);
  }),
  scalar('dp_reverse_bytes', ['VARCHAR'], 'VARCHAR', (hex) => hexOf(bytesOf(hex).reverse())),
  scalar('dp_part_of_bytes', ['VARCHAR', 'BIGINT', 'BIGINT'], 'VARCHAR', partOf),
  scalar('dp_pad_bytes', ['VARCHAR', 'BIGINT', 'VARCHAR', 'VARCHAR'], 'VARCHAR', pad),
  scalar('dp_to_base32', ['VARCHAR'], 'VARCHAR', toBase32),
  scalar('dp_from_base32', ['VARCHAR'], 'VARCHAR', fromBase32),
  scalar('dp_to_big_endian', ['BIGINT', 'BIGINT'], 'VARCHAR', (value, bits) =>
    BigInt.asUintN(Number(bits), value)
      .toString(16)
      .padStart(Number(bits) / 4, '0'),
  ),
  scalar('dp_from_big_endian', ['VARCHAR', 'BIGINT'], 'BIGINT', (hex, bits) => {
    if (hex.length * 4 !== Number(bits)) {
      throw new Error(`${RAISED}expected ${bits} bits of input, found ${hex.length / 2} bytes`);
    }
    return BigInt.asIntN(Number(bits), BigInt(`0x${hex}`));
  }),
];

/** What is no character becomes U+FFFD; a mark at the beginning stays. */
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
  );
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** From a position that counts from 1, or from the end where it is negative. */
function partOf(hex: string, start: bigint, length: bigint): string {
  const count = hex.length / 2;
  const from = start < 0n ? count + Number(start) : Number(start) - 1;
  if (start === 0n || from < 0 || from >= count || length <= 0n) return '';
  return hex.slice(2 * from, 2 * Math.min(count, from + Number(length)));
}

function pad(hex: string, length: bigint, by: string, side: string): string {
  if (by === '' || length < 0n) {
    throw new Error(`${RAISED}Padding bytes must not be empty, nor the length negative`);
  }
  const digits = 2 * Number(length);
  if (digits <= hex.length) return hex.slice(0, digits);
  return side === 'lpad' ? padding(by, digits - hex.length) + hex : hex + padding(by, digits - hex.length);
}

function padding(by: string, digits: number): string {
  return ''.padEnd(digits, by);
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Five bytes are eight digits of base 32. */
const BASE32_DIGITS = 8;

function toBase32(hex: string): string {
  const bits = [...bytesOf(hex)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const digits = (bits.match(/.{1,5}/g) ?? []).map(
    (five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)] ?? '',
  );
  return digits.join('').padEnd(Math.ceil(digits.length / BASE32_DIGITS) * BASE32_DIGITS, '=');
}

function fromBase32(text: string): string {
  const digits = [...text.replace(/=+$/, '')].map((digit) => BASE32.indexOf(digit));
  if (digits.includes(-1)) throw new Error(`${RAISED}Invalid input text for from_base32`);
  const bits = digits.map((digit) => digit.toString(2).padStart(5, '0')).join('');
  const bytes = bits.match(/.{8}/g) ?? [];
  return hexOf(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2)));
}
