import { quoteText } from '../plan/bound.ts';
import { type CallInput, constantOf } from './registry.ts';

/** MySQL's letters, as date_format and date_parse take them: how strftime writes each, and how strptime reads it. */
const MYSQL: Readonly<Record<string, { readonly output: string; readonly input?: string }>> = {
  a: { output: '%a', input: '%a' },
  b: { output: '%b', input: '%b' },
  c: { output: '%-m', input: '%m' },
  d: { output: '%d', input: '%d' },
  e: { output: '%-d', input: '%d' },
  f: { output: '%f', input: '%f' },
  H: { output: '%H', input: '%H' },
  h: { output: '%I', input: '%I' },
  I: { output: '%I', input: '%I' },
  i: { output: '%M', input: '%M' },
  j: { output: '%j' },
  k: { output: '%-H', input: '%H' },
  l: { output: '%-I', input: '%I' },
  M: { output: '%B', input: '%B' },
  m: { output: '%m', input: '%m' },
  p: { output: '%p', input: '%p' },
  r: { output: '%I:%M:%S %p', input: '%I:%M:%S %p' },
  S: { output: '%S', input: '%S' },
  s: { output: '%S', input: '%S' },
  T: { output: '%H:%M:%S', input: '%H:%M:%S' },
  v: { output: '%V' },
  W: { output: '%A', input: '%A' },
  x: { output: '%G' },
  Y: { output: '%Y', input: '%Y' },
  y: { output: '%y', input: '%y' },
  '%': { output: '%%', input: '%%' },
};

/** A MySQL format in strftime's letters; `input` is missing when something in it can be written and not read. */
export function mysqlFormat(format: string, call: CallInput): { output: string; input?: string } {
  let output = '';
  let input: string | undefined = '';
  for (let index = 0; index < format.length; index++) {
    const char = format[index] ?? '';
    if (char !== '%') {
      output += char;
      if (input !== undefined) input += char;
      continue;
    }
    index += 1;
    const letter = format[index] ?? '';
    const known = MYSQL[letter];
    if (known === undefined) {
      if ('DUuVwX'.includes(letter) && letter !== '') {
        throw call.refuse(call.arguments[1], `%${letter} is not supported in a date format string`);
      }
      throw call.notSupported(call.arguments[1], `'%${letter}' in a format`);
    }
    output += known.output;
    input = input === undefined || known.input === undefined ? undefined : input + known.input;
  }
  return input === undefined ? { output } : { output, input };
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
