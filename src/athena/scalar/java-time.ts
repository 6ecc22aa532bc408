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
  scalar('dp_parse_mysql_time', ['VARCHAR', 'VARCHAR'], 'BIGINT', (text, format) => {
    const known = mysqlTimeFormat(format);
    const read = typeof known === 'string' ? undefined : readTime(text, known);
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
/** Long or short. */
const MONTH_NAMES = MONTHS.flatMap((name) => [name, name.slice(0, 3)]).join('|');
const YEAR = String.raw`[+-]?\d{1,4}`;

/** MySQL's letters: Java's letters for the same, and what they match. */
const MYSQL: Readonly<Record<string, readonly [string, string]>> = {
  a: ['E', weekdays()],
  W: ['E', weekdays()],
  b: ['MMM', MONTH_NAMES],
  M: ['MMM', MONTH_NAMES],
  f: ['S', String.raw`\d{1,9}`],
  j: ['D', String.raw`\d{1,3}`],
  p: ['a', 'AM|PM'],
  y: ['yy', String.raw`\d\d`],
};
const MYSQL_NUMBERS: Readonly<Record<string, string>> = {
  c: 'M',
  m: 'M',
  d: 'd',
  e: 'd',
  H: 'H',
  k: 'H',
  h: 'h',
  I: 'h',
  l: 'h',
  i: 'm',
  s: 's',
  S: 's',
};
const MYSQL_TOGETHER: Readonly<Record<string, string>> = { r: '%I:%i:%s %p', T: '%H:%i:%s' };

function weekdays(): string {
  return 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'
    .split(' ')
    .flatMap((name) => [name, name.slice(0, 3)])
    .join('|');
}

const mysqlFormats = new Map<string, TimeFormat | string>();

/** A format in MySQL's letters, or the letter in it that is not read here. */
export function mysqlTimeFormat(format: string): TimeFormat | string {
  const known = mysqlFormats.get(format) ?? compileMysql(format);
  mysqlFormats.set(format, known);
  return known;
}

function compileMysql(format: string): TimeFormat | string {
  const whole = format.replaceAll(/%([rT])/g, (_, letter: string) => MYSQL_TOGETHER[letter] ?? '');
  const parts = [...whole.matchAll(/%(.)|[^%]/gsu)].map((match) => match[1] ?? { plain: match[0] });
  const fields: string[] = [];
  let source = '';
  for (const [index, part] of parts.entries()) {
    if (typeof part !== 'string') {
      source += escaped(part.plain);
      continue;
    }
    if ('xv'.includes(part)) return part;
    const isBeside = [parts[index - 1], parts[index + 1]].some(
      (other) => typeof other === 'string' && (other === 'Y' || other === 'y' || MYSQL_NUMBERS[other]),
    );
    const [field, piece] = MYSQL[part] ?? mysqlNumber(part, isBeside) ?? [];
    if (field === undefined || piece === undefined) source += escaped(part);
    else {
      fields.push(field);
      source += `(${piece})`;
    }
  }
  return { pattern: new RegExp(`^${source}$`, 'i'), fields };
}

function mysqlNumber(letter: string, isBeside: boolean): readonly [string, string] | undefined {
  if (letter === 'Y') return ['Y', isBeside ? String.raw`\d{4}` : YEAR];
  const field = MYSQL_NUMBERS[letter];
  return field === undefined ? undefined : [field, isBeside ? String.raw`\d\d` : String.raw`\d{1,2}`];
}

/** A pattern's letters that are read, each with the digits or words it takes. */
function pieceOf(letters: string, isBesideDigits: boolean): string | undefined {
  const [letter = ''] = letters;
  const two = isBesideDigits ? String.raw`\d\d` : String.raw`\d{1,2}`;
  if (letters === 'yyyy' || letters === 'YYYY') return isBesideDigits ? String.raw`\d{4}` : YEAR;
  if (letters === 'MMM' || letters === 'MMMM') return MONTH_NAMES;
  if ('MdHhms'.includes(letter) && letters.length <= 2) return two;
  if (letter === 'S') return String.raw`\d{1,${letters.length}}`;
  if (letter === 'a') return 'AM|PM';
  return letters === 'Z' || letters === 'ZZ' ? String.raw`Z|[+-]\d\d:?\d\d` : undefined;
}

export interface TimeFormat {
  readonly pattern: RegExp;
  /** The letters that the pattern's groups were, `yyyy`. */
  readonly fields: readonly string[];
}

const formats = new Map<string, TimeFormat | string>();

/** The format as a pattern, or the letters in it that are not read here. */
export function javaTimeFormat(format: string): TimeFormat | string {
  const known = formats.get(format) ?? compile(format);
  formats.set(format, known);
  return known;
}

function compile(format: string): TimeFormat | string {
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
export function readJavaTime(text: string, format: string): ReadTime | undefined {
  const known = javaTimeFormat(format);
  return typeof known === 'string' ? undefined : readTime(text, known);
}

export interface ReadTime {
  readonly millis: number;
  readonly offset?: string;
}

/** A year that goes with a month or a day, where none is written; a time of day alone is one of 1970. */
const YEAR_OF_A_DAY = 2000;

export function readTime(text: string, known: TimeFormat): ReadTime | undefined {
  const match = known.pattern.exec(text);
  if (match === null) return undefined;
  const values = new Map(
    known.fields.map((field, index) => [field[0] ?? '', { field, text: match[index + 1] ?? '' }]),
  );
  const number = (letter: string, missing: number): number => Number(values.get(letter)?.text ?? missing);
  const hour = hourOf(number('H', -1), number('h', -1), values.get('a')?.text);
  const hasDay = ['M', 'd', 'D'].some((letter) => values.has(letter));
  const year = yearOf(values.get('y') ?? values.get('Y')) ?? (hasDay ? YEAR_OF_A_DAY : 1970);
  const day = values.has('D')
    ? dayOfYear(year, number('D', 1))
    : { month: monthOf(values.get('M')), day: number('d', 1) };
  if (day === undefined) return undefined;
  const parts = [year, day.month, day.day, hour, number('m', 0), number('s', 0)] as const;
  const fraction = Math.floor(Number(`0.${values.get('S')?.text ?? '0'}`) * 1000 + 1e-6);
  const date = new Date(Date.UTC(2000, parts[1] - 1, parts[2], parts[3], parts[4], parts[5], fraction));
  date.setUTCFullYear(year, parts[1] - 1, parts[2]);
  const back = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours()];
  if (back.some((value, index) => value !== parts[index]) || parts[4] > 59 || parts[5] > 59) return undefined;
  checkWeekday(date, values.get('E')?.text);
  const local = date.getTime();
  const offset = offsetOf(values.get('Z')?.text);
  return offset === undefined
    ? { millis: local }
    : { millis: local - offset.minutes * MILLIS_PER_MINUTE, offset: offset.text };
}

/** Two digits are a year from 1970 to 2069. */
function yearOf(value: { field: string; text: string } | undefined): number | undefined {
  if (value === undefined) return undefined;
  const year = Number(value.text);
  return value.field.length === 2 ? year + (year < 70 ? 2000 : 1900) : year;
}

function dayOfYear(year: number, day: number): { month: number; day: number } | undefined {
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, 0, day);
  const isWithin = day >= 1 && date.getUTCFullYear() === year;
  return isWithin ? { month: date.getUTCMonth() + 1, day: date.getUTCDate() } : undefined;
}

const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** Trino takes another day of the same week then. */
function checkWeekday(date: Date, written: string | undefined): void {
  const name = WEEKDAYS[date.getUTCDay()]?.toLowerCase() ?? '';
  if (written === undefined || name.startsWith(written.toLowerCase())) return;
  throw new Error(`${RAISED}not supported in local: a date that is not on the ${written} it says`);
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
