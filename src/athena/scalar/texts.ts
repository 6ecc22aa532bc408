import { RAISED } from '../plan/bound.ts';
import { type Scalar, scalar } from './scalar.ts';

/** Texts and addresses, by code points as Trino counts them. */
export const TEXT_SCALARS: readonly Scalar[] = [
  scalar('dp_reverse', ['VARCHAR'], 'VARCHAR', (text) => [...text].reverse().join('')),
  scalar('dp_replace', ['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', replace),
  scalar('dp_levenshtein', ['VARCHAR', 'VARCHAR'], 'BIGINT', (one, other) =>
    BigInt(levenshtein([...one], [...other])),
  ),
  scalar('dp_hamming', ['VARCHAR', 'VARCHAR'], 'BIGINT', hamming),
  scalar('dp_soundex', ['VARCHAR'], 'VARCHAR', soundex),
  scalar('dp_luhn', ['VARCHAR'], 'BOOLEAN', isLuhn),
  scalar('dp_strpos', ['VARCHAR', 'VARCHAR', 'BIGINT'], 'BIGINT', placeOf),
  scalar('dp_normalize', ['VARCHAR', 'VARCHAR'], 'VARCHAR', (text, form) => text.normalize(form)),
  scalar('dp_url_part', ['VARCHAR', 'VARCHAR'], 'VARCHAR', addressPart),
  scalar('dp_url_parameter', ['VARCHAR', 'VARCHAR'], 'VARCHAR', addressParameter),
  scalar('dp_url_encode', ['VARCHAR'], 'VARCHAR', encodeAddress),
  scalar('dp_url_decode', ['VARCHAR'], 'VARCHAR', decodeAddress),
];

/** An empty search puts the replacement between all characters, as Trino does. */
function replace(text: string, search: string, by: string): string {
  if (search !== '') return text.replaceAll(search, () => by);
  return by + [...text].map((character) => character + by).join('');
}

const SOUNDEX = '01230120022455012623010202';

/** As Apache Commons' Soundex, of English letters alone. */
function soundex(text: string): string {
  const letters = text.toUpperCase().replaceAll(/[^A-Z]/g, '');
  if (/[^\x00-\x7f]/.test(text)) throw new Error(`${RAISED}not supported in local: soundex of other letters`);
  if (letters === '') return '';
  const codeOf = (letter: string): string => SOUNDEX[letter.charCodeAt(0) - 65] ?? '0';
  let code = letters[0] ?? '';
  let last = codeOf(code);
  for (const letter of letters.slice(1)) {
    if (letter === 'H' || letter === 'W') continue;
    const digit = codeOf(letter);
    if (digit !== '0' && digit !== last) code += digit;
    last = digit;
  }
  return code.slice(0, 4).padEnd(4, '0');
}

function isLuhn(text: string): boolean {
  if (text === '') return false;
  if (!/^\d+$/.test(text)) throw new Error(`${RAISED}Input is not a number: ${text}`);
  const sum = [...text].reverse().reduce((total, digit, index) => {
    const doubled = index % 2 === 1 ? Number(digit) * 2 : Number(digit);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

/** Where the text is found for the nth time, from 1, or counted from the end; finds may overlap. */
function placeOf(text: string, sought: string, instance: bigint): bigint {
  if (instance === 0n) throw new Error(`${RAISED}'instance' must be a positive or negative number.`);
  if (sought === '') return 1n;
  let at = instance > 0n ? -1 : text.length;
  for (let left = instance < 0n ? -instance : instance; left > 0n; left -= 1n) {
    if (instance < 0n && at === 0) return 0n;
    at = instance > 0n ? text.indexOf(sought, at + 1) : text.lastIndexOf(sought, at - 1);
    if (at === -1) return 0n;
  }
  return BigInt([...text.slice(0, at)].length + 1);
}

function levenshtein(one: readonly string[], other: readonly string[]): number {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [row, character] of one.entries()) {
    const current = [row + 1];
    for (const [column, against] of other.entries()) {
      const change = (previous[column] ?? 0) + (character === against ? 0 : 1);
      current.push(Math.min(change, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}

function hamming(one: string, other: string): bigint {
  const [left, right] = [[...one], [...other]];
  if (left.length !== right.length) {
    throw new Error(`${RAISED}The input strings to hamming_distance function must have the same length`);
  }
  return BigInt(left.filter((character, index) => character !== right[index]).length);
}

const ADDRESS = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const HOST = new RegExp(
  `^(?:(?:${LABEL}\\.)*[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?\\.?|\\d{1,3}(?:\\.\\d{1,3}){3}|\\[[0-9A-Fa-f:.]+\\])$`,
);

function addressPart(address: string, part: string): string | null {
  const match = ADDRESS.exec(address);
  if (match === null || /[\s<>"{}|\\^`]|%(?![0-9a-fA-F]{2})/.test(address)) return null;
  const [, protocol, authority, path, query, fragment] = match;
  // `mailto:a@b.c` has no parts but these.
  const isOpaque = protocol !== undefined && authority === undefined && !path?.startsWith('/');
  if (isOpaque && ['host', 'path', 'query'].includes(part)) return '';
  const [, host, port] = /^(?:[^@]*@)?(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority ?? '') ?? [];
  // Java has no host, and no port, where the name is none of the net's.
  const isHost = HOST.test(host ?? '');
  switch (part) {
    case 'protocol':
      return protocol ?? '';
    case 'host':
      return isHost ? (host ?? '') : '';
    case 'port':
      return port === undefined || port === '' || !isHost ? null : port;
    case 'path':
      return decodeURIComponent(path ?? '');
    case 'query':
      return query === undefined ? '' : decodeURIComponent(query);
    default:
      return fragment === undefined ? '' : decodeURIComponent(fragment);
  }
}

function addressParameter(address: string, name: string): string | null {
  const query = ADDRESS.exec(address)?.[4];
  if (query === undefined) return null;
  for (const pair of query.split('&')) {
    const [key = '', ...value] = pair.split('=');
    if (key === name) return value.length === 0 ? '' : decodeAddress(value.join('='));
  }
  return null;
}

/** As HTML forms: a space is a plus, and only letters, digits and -_.* stay. */
function encodeAddress(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decodeAddress(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new Error(`${RAISED}Cannot decode '${text}'`);
  }
}
