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
  const pieces: string[] = [];
  const format = constantOf(call, 1, 'a format');
  const letters = format.replace(/'((?:[^']|'')*)'|([a-zA-Z])\2*|%/g, (run, text?: string) => {
    if (run === '%') return '%%';
    if (text !== undefined) return text === '' ? "'" : text.replaceAll("''", "'").replaceAll('%', '%%');
    const written = JAVA[run];
    if (written !== undefined) return written;
    const piece =
      /^ZZ?$/.test(run) && minutesAhead !== undefined
        ? `dp_offset_text(${minutesAhead}, '${run === 'Z' ? '' : ':'}')`
        : javaPiece(run, local);
    if (piece === undefined) throw call.notSupported(call.arguments[1], `'${run}' in a format`);
    pieces.push(piece);
    return PIECE_MARK;
  });
  const parts = letters
    .split(PIECE_MARK)
    .flatMap((part, index) => [
      ...(index === 0 ? [] : [pieces[index - 1] ?? "''"]),
      ...(part === '' ? [] : [`strftime(${local}, ${quoteText(part)})`]),
    ]);
  return parts.length === 1 ? (parts[0] ?? "''") : `(${parts.join(' || ') || "''"})`;
}

/** Stands in a format for what strftime cannot write. */
const PIECE_MARK = '\u0001';

/** SQL of what letters mean that strftime has none for; undefined for those that mean nothing here. */
function javaPiece(run: string, local: string): string | undefined {
  const number = (value: string): string => `printf('%0${run.length}d', CAST(${value} AS BIGINT))`;
  const hour = `date_part('hour', ${local})`;
  switch (run[0]) {
    case 'y':
    case 'Y':
      return number(`date_part('year', ${local})`);
    case 'w':
      return run.length > 2 ? undefined : number(`date_part('week', ${local})`);
    case 'K':
      return run.length > 2 ? undefined : number(`${hour} % 12`);
    case 'k':
      return run.length > 2 ? undefined : number(`CASE WHEN ${hour} = 0 THEN 24 ELSE ${hour} END`);
    case 'S': {
      const millis = `strftime(${local}, '%g')`;
      return run.length < 3 ? `left(${millis}, ${run.length})` : `rpad(${millis}, ${run.length}, '0')`;
    }
    default:
      return undefined;
  }
}
