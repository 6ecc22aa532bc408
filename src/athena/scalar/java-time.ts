import { RAISED } from '../plan/bound.ts';
import { type Scalar, scalar } from './scalar.ts';

/** Times written the way Joda's patterns say. */
export const JAVA_TIME_SCALARS: readonly Scalar[] = [
  scalar('dp_java_time', ['VARCHAR'], 'VARCHAR', shortTime),
  scalar('dp_parse_java_time', ['VARCHAR', 'VARCHAR'], 'BIGINT', (text, format) => {
    const read = readJavaTime(text, format);
    if (read === undefined) throw new Error(`${RAISED}Invalid format: '${text}'`);
    return BigInt(read.millis) * 1000n;
  }),
];

/** As Java's LocalDateTime writes itself: without seconds when there are none, else with 0, 3 or 6 digits more. */
function shortTime(text: string): string {
  const [whole = '', fraction = ''] = text.split('.');
  if (Number(fraction) !== 0) return `${whole}.${fraction.endsWith('000') ? fraction.slice(0, 3) : fraction}`;
  return whole.endsWith(':00') ? whole.slice(0, -3) : whole;
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const MILLIS_PER_MINUTE = 60_000;

/** A pattern's letters that are read, each with the digits or words it takes. */
function pieceOf(letters: string, isBesideDigits: boolean): string | undefined {
  const [letter = ''] = letters;
  const two = isBesideDigits ? String.raw`\d\d` : String.raw`\d{1,2}`;
  if (letters === 'yyyy' || letters === 'YYYY') return String.raw`\d{4}`;
  if (letters === 'MMM' || letters === 'MMMM')
    return MONTHS.flatMap((name) => [name, name.slice(0, 3)]).join('|');
  if ('MdHhms'.includes(letter) && letters.length <= 2) return two;
  if (letter === 'S') return String.raw`\d{1,${letters.length}}`;
  if (letter === 'a') return 'AM|PM';
  return letters === 'Z' || letters === 'ZZ' ? String.raw`Z|[+-]\d\d:?\d\d` : undefined;
}

interface JavaFormat {
  readonly pattern: RegExp;
  /** The letters that the pattern's groups were, `yyyy`. */
  readonly fields: readonly string[];
}

const formats = new Map<string, JavaFormat | string>();

/** The format as a pattern, or the letters in it that are not read here. */
export function javaTimeFormat(format: string): JavaFormat | string {
  const known = formats.get(format) ?? compile(format);
  formats.set(format, known);
  return known;
}

function compile(format: string): JavaFormat | string {
  const parts = [...format.matchAll(/'((?:[^']|'')*)'|([a-zA-Z])\2*|[^a-zA-Z']/g)];
  const fields: string[] = [];
  let source = '';
  for (const [index, match] of parts.entries()) {
    const [written, quoted] = match;
    if (quoted !== undefined || match[2] === undefined) {
      source += escaped(quoted === undefined ? written : quoted === '' ? "'" : quoted.replaceAll("''", "'"));
      continue;
    }
    const isBeside = [parts[index - 1], parts[index + 1]].some((other) =>
      /[yMdHhmsS]/.test(other?.[2] ?? ''),
    );
    const piece = pieceOf(written, isBeside);
    if (piece === undefined) return written;
    fields.push(written);
    source += `(${piece})`;
  }
  return { pattern: new RegExp(`^${source}$`, 'i'), fields };
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** The instant that a text means, in UTC where it names no offset; undefined when it is not in the format. */
export function readJavaTime(
  text: string,
  format: string,
): { readonly millis: number; readonly offset?: string } | undefined {
  const known = javaTimeFormat(format);
  const match = typeof known === 'string' ? null : known.pattern.exec(text);
  if (match === null || typeof known === 'string') return undefined;
  const values = new Map(
    known.fields.map((field, index) => [field[0] ?? '', { field, text: match[index + 1] ?? '' }]),
  );
  const number = (letter: string, missing: number): number => Number(values.get(letter)?.text ?? missing);
  const month = monthOf(values.get('M'));
  const hour = hourOf(number('H', -1), number('h', -1), values.get('a')?.text);
  const year = number('y', number('Y', 1970));
  const parts = [year, month, number('d', 1), hour, number('m', 0), number('s', 0)] as const;
  const fraction = Math.floor(Number(`0.${values.get('S')?.text ?? '0'}`) * 1000 + 1e-6);
  const local = Date.UTC(parts[0], parts[1] - 1, parts[2], parts[3], parts[4], parts[5], fraction);
  const date = new Date(local);
  const back = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours()];
  if (back.some((value, index) => value !== parts[index]) || parts[4] > 59 || parts[5] > 59) return undefined;
  const offset = offsetOf(values.get('Z')?.text);
  return offset === undefined
    ? { millis: local }
    : { millis: local - offset.minutes * MILLIS_PER_MINUTE, offset: offset.text };
}

function monthOf(value: { field: string; text: string } | undefined): number {
  if (value === undefined) return 1;
  if (value.field.length <= 2) return Number(value.text);
  const short = value.text.slice(0, 3).toLowerCase();
  return MONTHS.findIndex((name) => name.toLowerCase().startsWith(short)) + 1;
}

/** From 0 to 23; with a half of the day, 12 is its first hour. */
function hourOf(full: number, half: number, side: string | undefined): number {
  if (full >= 0) return full;
  if (half < 0) return 0;
  if (half < 1 || half > 12) return Number.NaN;
  return (half % 12) + (side?.toUpperCase() === 'PM' ? 12 : 0);
}

function offsetOf(text: string | undefined): { minutes: number; text: string } | undefined {
  if (text === undefined) return undefined;
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(text);
  if (match === null) return { minutes: 0, text: 'UTC' };
  const [, sign = '+', hours = '00', minutes = '00'] = match;
  const size = Number(hours) * 60 + Number(minutes);
  return { minutes: sign === '-' ? -size : size, text: size === 0 ? 'UTC' : `${sign}${hours}:${minutes}` };
}
