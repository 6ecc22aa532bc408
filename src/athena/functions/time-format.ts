import { quoteText } from '../plan/bound.ts';
import { type CallInput, constantOf } from './registry.ts';

/** MySQL's letters, as date_format takes them, in strftime's. */
const MYSQL: Readonly<Record<string, string>> = {
  a: '%a',
  b: '%b',
  c: '%-m',
  d: '%d',
  e: '%-d',
  f: '%f',
  H: '%H',
  h: '%I',
  I: '%I',
  i: '%M',
  j: '%j',
  k: '%-H',
  l: '%-I',
  M: '%B',
  m: '%m',
  p: '%p',
  r: '%I:%M:%S %p',
  S: '%S',
  s: '%S',
  T: '%H:%M:%S',
  v: '%V',
  W: '%A',
  x: '%G',
  Y: '%Y',
  y: '%y',
  '%': '%%',
};

/** A MySQL format in strftime's letters; a letter that means nothing stands for itself. */
export function mysqlFormat(format: string, call: CallInput): string {
  if (format === '') throw call.refuse(call.arguments[1], 'the format is empty');
  return format.replaceAll(/%(.?)/gsu, (_, letter: string) => {
    if (letter !== '' && 'DUuVwX'.includes(letter))
      throw call.refuse(call.arguments[1], `%${letter} is not supported in a date format string`);
    return MYSQL[letter] ?? letter;
  });
}

/** What the plainest texts of a format match, which strptime reads as Trino does. */
const QUICK: Readonly<Record<string, readonly [string, string]>> = {
  Y: ['[0-9]{4}', '%Y'],
  m: ['(?:0[1-9]|1[0-2])', '%m'],
  d: ['(?:0[1-9]|[12][0-9]|3[01])', '%d'],
  H: ['(?:[01][0-9]|2[0-3])', '%H'],
  i: ['[0-5][0-9]', '%M'],
  s: ['[0-5][0-9]', '%S'],
  S: ['[0-5][0-9]', '%S'],
  T: ['(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]', '%H:%M:%S'],
};

/** A format of a whole date and no more than seconds, each letter once; undefined for others. */
export function quickFormat(format: string): { pattern: string; format: string } | undefined {
  const letters = [...format.matchAll(/%(.)/gs)].map((match) => match[1] ?? '');
  const isWhole = ['Y', 'm', 'd'].every((letter) => letters.includes(letter));
  const isOnce = new Set(letters).size === letters.length;
  if (!isWhole || !isOnce || !letters.every((letter) => letter in QUICK) || format.endsWith('%')) return;
  const part = (index: 0 | 1) =>
    format.replaceAll(/%(.)|[^A-Za-z0-9%]/gs, (plain, letter?: string) =>
      letter !== undefined ? (QUICK[letter]?.[index] ?? '') : index === 0 ? `\\${plain}` : plain,
    );
  return { pattern: part(0), format: part(1) };
}

/** Joda's letters, as format_datetime takes them. */
const JAVA: Readonly<Record<string, string>> = {
  yyyy: '%Y',
  YYYY: '%Y',
  yy: '%y',
  xxxx: '%G',
  MMMM: '%B',
  MMM: '%b',
  MM: '%m',
  M: '%-m',
  dd: '%d',
  d: '%-d',
  DDD: '%j',
  D: '%-j',
  ww: '%V',
  e: '%u',
  EEEE: '%A',
  EEE: '%a',
  EE: '%a',
  E: '%a',
  a: '%p',
  HH: '%H',
  H: '%-H',
  hh: '%I',
  h: '%-I',
  mm: '%M',
  m: '%-M',
  ss: '%S',
  s: '%-S',
  SSS: '%g',
};

/** SQL of a timestamp, and of the minutes that its zone is ahead of UTC where it has one. */
interface Written {
  readonly local: string;
  readonly minutesAhead?: string;
}

/** SQL that writes a timestamp in a Joda format. */
export function javaFormat(call: CallInput, { local, minutesAhead }: Written): string {
  const offsets: string[] = [];
  const format = constantOf(call, 1, 'a format');
  const letters = format.replace(/'((?:[^']|'')*)'|([a-zA-Z])\2*|%/g, (run, text?: string) => {
    if (run === '%') return '%%';
    if (text !== undefined) return text === '' ? "'" : text.replaceAll("''", "'").replaceAll('%', '%%');
    if (/^ZZ?$/.test(run) && minutesAhead !== undefined) {
      offsets.push(`dp_offset_text(${minutesAhead}, '${run === 'Z' ? '' : ':'}')`);
      return OFFSET_MARK;
    }
    const written = JAVA[run];
    if (written === undefined) throw call.notSupported(call.arguments[1], `'${run}' in a format`);
    return written;
  });
  const parts = letters
    .split(OFFSET_MARK)
    .flatMap((part, index) => [
      ...(index === 0 ? [] : [offsets[index - 1] ?? "''"]),
      ...(part === '' ? [] : [`strftime(${local}, ${quoteText(part)})`]),
    ]);
  return parts.length === 1 ? (parts[0] ?? "''") : `(${parts.join(' || ') || "''"})`;
}

/** Stands in a format for an offset that strftime cannot write. */
const OFFSET_MARK = '\u0001';
