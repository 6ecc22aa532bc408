import { RAISED } from '../plan/bound.ts';
import { type Scalar, scalar } from './scalar.ts';

/** Numbers as text and back, the way Java does it. */
export const NUMBER_SCALARS: readonly Scalar[] = [
  scalar('dp_double_text', ['DOUBLE'], 'VARCHAR', doubleText),
  scalar('dp_real_text', ['FLOAT'], 'VARCHAR', (value) => scientific(shortestReal(value), value)),
  scalar('dp_double_plain', ['DOUBLE'], 'VARCHAR', (value) => plainOf(String(value))),
  scalar('dp_real_plain', ['FLOAT'], 'VARCHAR', (value) => plainOf(shortestReal(value))),
  scalar('dp_java_double', ['DOUBLE'], 'VARCHAR', javaDouble),
  scalar('dp_double_json', ['DOUBLE'], 'VARCHAR', doubleJson),
  scalar('dp_text_double', ['VARCHAR'], 'DOUBLE', parseDouble),
  scalar('dp_round', ['DOUBLE', 'BIGINT'], 'DOUBLE', roundTo),
  scalar('dp_remainder', ['DOUBLE', 'DOUBLE'], 'DOUBLE', (value, by) => value % by),
  scalar('dp_cbrt', ['DOUBLE'], 'DOUBLE', Math.cbrt),
  scalar('dp_power', ['DOUBLE', 'DOUBLE'], 'DOUBLE', (base, exponent) => base ** exponent),
  scalar('dp_from_base', ['VARCHAR', 'BIGINT'], 'BIGINT', fromBase),
  scalar('dp_to_base', ['BIGINT', 'BIGINT'], 'VARCHAR', (value, base) => value.toString(Number(base))),
  scalar('dp_fixed', ['VARCHAR', 'INTEGER'], 'VARCHAR', fixed),
  scalar('dp_format_number', ['VARCHAR', 'VARCHAR', 'INTEGER'], 'VARCHAR', formatNumber),
  scalar('dp_human_seconds', ['DOUBLE'], 'VARCHAR', humanSeconds),
  scalar('dp_offset_text', ['BIGINT', 'VARCHAR'], 'VARCHAR', offsetText),
  scalar('dp_shift', ['BIGINT', 'BIGINT', 'VARCHAR', 'INTEGER'], 'BIGINT', shift),
  scalar('dp_bit_count', ['BIGINT', 'BIGINT'], 'BIGINT', bitCount),
  scalar('dp_day_to_second_text', ['BIGINT'], 'VARCHAR', dayToSecondText),
];

interface Decimal {
  readonly negative: boolean;
  /** Without leading zeros; '0' for zero. */
  readonly digits: string;
  /** The number is 0.DIGITS × 10^point. */
  readonly point: number;
}

/** The decimal digits of a number's text, whatever its notation. */
function decimalOf(text: string): Decimal {
  const match = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text);
  if (match === null) throw new Error(`${RAISED}Cannot read '${text}' as a number`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const all = whole + fraction;
  const digits = all.replace(/^0+/, '');
  const point = whole.length - (all.length - digits.length) + Number(exponent);
  return {
    negative: sign === '-',
    digits: digits.replace(/0+$/, '') || '0',
    point: digits === '' ? 1 : point,
  };
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return 'Infinity';
  return value === Number.NEGATIVE_INFINITY ? '-Infinity' : undefined;
}

/** `1.5E0`: what Trino's cast of a double to varchar gives. */
function scientific(shortest: string, value: number): string {
  const word = special(value);
  if (word !== undefined) return word;
  const { negative, digits, point } = decimalOf(shortest);
  const sign = negative || Object.is(value, -0) ? '-' : '';
  if (value === 0) return `${sign}0E0`;
  return `${sign}${digits[0]}.${digits.slice(1) || '0'}E${point - 1}`;
}

export function doubleText(value: number): string {
  return scientific(String(value), value);
}

/** The fewest digits that still are this 32-bit number. */
function shortestReal(value: number): string {
  if (special(value) !== undefined) return String(value);
  for (let digits = 1; digits <= 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(value);
}

function plainOf(shortest: string): string {
  if (!/\d/.test(shortest)) throw new Error(`${RAISED}Cannot cast ${shortest} to a decimal`);
  const { negative, digits, point } = decimalOf(shortest);
  const whole = point <= 0 ? '0' : digits.padEnd(point, '0').slice(0, point);
  const fraction = point <= 0 ? '0'.repeat(-point) + digits : digits.slice(point);
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** As Java's Double.toString, which Trino's JSON writes: plain from 10^-3 up to 10^7, else with an exponent. */
export function javaDouble(value: number): string {
  const word = special(value);
  if (word !== undefined) return word;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return scientific(String(value), value);
  const plain = String(value);
  return `${Object.is(value, -0) ? '-' : ''}${plain.includes('.') ? plain : `${plain}.0`}`;
}

function doubleJson(value: number): string {
  const text = javaDouble(value);
  return special(value) === undefined ? text : `"${text}"`;
}

/** Java's Double.parseDouble. */
function parseDouble(text: string): number {
  const trimmed = text.trim();
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/.test(trimmed)) {
    return Number(trimmed.replace(/[dDfF]$/, ''));
  }
  if (trimmed === 'NaN') return Number.NaN;
  const infinity = /^([+-]?)Infinity$/.exec(trimmed);
  if (infinity === null) throw new Error(`${RAISED}Cannot cast '${text}' to DOUBLE`);
  return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Trino's round(x, d): the number times 10^d, rounded half away from zero, divided again. */
function roundTo(value: number, digits: bigint): number {
  if (!Number.isFinite(value)) return value;
  const factor = 10 ** Number(digits);
  const scaled = Math.abs(value) * factor;
  if (!Number.isFinite(scaled) || scaled > Number.MAX_SAFE_INTEGER) return value;
  return (Math.sign(value) * Math.round(scaled)) / factor;
}

function fromBase(text: string, base: bigint): bigint {
  const radix = Number(base);
  const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, radix);
  const digits = text.toLowerCase().replace(/^[+-]/, '');
  if (digits === '' || [...digits].some((digit) => !alphabet.includes(digit))) {
    throw new Error(`${RAISED}Not a valid base-${radix} number: ${text}`);
  }
  const value = [...digits].reduce((sum, digit) => sum * base + BigInt(alphabet.indexOf(digit)), 0n);
  return text.startsWith('-') ? -value : value;
}

/** A plain decimal text with exactly this many digits after the point, half away from zero. */
function fixed(text: string, digits: number): string {
  const negative = text.startsWith('-');
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const padded = fraction.padEnd(digits + 1, '0');
  const kept = BigInt(whole + padded.slice(0, digits)) + (Number(padded[digits]) >= 5 ? 1n : 0n);
  const shown = kept.toString().padStart(digits + 1, '0');
  const point = shown.length - digits;
  return `${negative ? '-' : ''}${shown.slice(0, point)}${digits === 0 ? '' : `.${shown.slice(point)}`}`;
}

function formatNumber(text: string, flags: string, width: number): string {
  let shown = text;
  if (flags.includes(',')) {
    const [whole = '', fraction] = text.split('.');
    shown = whole.replace(/\B(?=(?:\d{3})+$)/g, ',') + (fraction === undefined ? '' : `.${fraction}`);
  }
  if (flags.includes('-')) return shown.padEnd(width);
  if (!flags.includes('0')) return shown.padStart(width);
  const sign = shown.startsWith('-') ? '-' : '';
  return sign + shown.slice(sign.length).padStart(width - sign.length, '0');
}

const SPANS = [
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `1 minute, 36 seconds`; the sign is left out. */
function humanSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) throw new Error(`${RAISED}Invalid argument found: ${seconds}`);
  let rest = Math.round(Math.abs(seconds));
  const parts: string[] = [];
  for (const [name, size] of SPANS) {
    const count = Math.floor(rest / size);
    rest %= size;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
  }
  return parts.join(', ') || '0 seconds';
}

/** `+0900`, or `+09:00` with a colon between. */
function offsetText(minutes: bigint, between: string): string {
  const size = Math.abs(Number(minutes));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${minutes < 0n ? '-' : '+'}${two(Math.floor(size / 60))}${between}${two(size % 60)}`;
}

/** In a whole number of so many bits; a shift by all of them or more leaves nothing but the sign. */
function shift(value: bigint, by: bigint, way: string, size: number): bigint {
  if (by < 0n) throw new Error(`${RAISED}Shift must not be negative`);
  const bits = by > BigInt(size) ? BigInt(size) : by;
  if (way === 'arithmetic') return value >> bits;
  const unsigned = BigInt.asUintN(size, value);
  return BigInt.asIntN(size, way === 'left' ? unsigned << bits : unsigned >> bits);
}

function bitCount(value: bigint, size: bigint): bigint {
  const bits = Number(size);
  if (bits < 2 || bits > 64) throw new Error(`${RAISED}Bits specified in bit_count must be between 2 and 64`);
  if (BigInt.asIntN(bits, value) !== value)
    throw new Error(`${RAISED}Number must be representable with the bits specified`);
  return BigInt([...BigInt.asUintN(bits, value).toString(2)].filter((bit) => bit === '1').length);
}

const MILLIS_PER_DAY = 86_400_000n;

/** `-1 02:03:04.005` */
export function dayToSecondText(millis: bigint): string {
  const size = millis < 0n ? -millis : millis;
  const two = (value: bigint): string => value.toString().padStart(2, '0');
  const clock = [(size / 3_600_000n) % 24n, (size / 60_000n) % 60n, (size / 1000n) % 60n].map(two).join(':');
  return `${millis < 0n ? '-' : ''}${size / MILLIS_PER_DAY} ${clock}.${(size % 1000n).toString().padStart(3, '0')}`;
}
