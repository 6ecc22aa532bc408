import { RAISED } from '../plan/bound.ts';
import { type Scalar, scalar } from './scalar.ts';

/** What DuckDB's patterns lack: a group that may be missing, looking around, back references, places. */
export const PATTERN_SCALARS: readonly Scalar[] = [
  scalar('dp_regexp_extract', ['VARCHAR', 'VARCHAR', 'BIGINT'], 'VARCHAR', regexpExtract),
  scalar('dp_regexp_like', ['VARCHAR', 'VARCHAR'], 'BOOLEAN', (text, pattern) =>
    compiledPattern(pattern, '').test(text),
  ),
  scalar('dp_regexp_replace', ['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', regexpReplace),
  scalar('dp_regexp_split', ['VARCHAR', 'VARCHAR'], 'VARCHAR', regexpSplit),
  scalar('dp_regexp_all', ['VARCHAR', 'VARCHAR', 'BIGINT'], 'VARCHAR', regexpAll),
  scalar('dp_regexp_pieces', ['VARCHAR', 'VARCHAR'], 'VARCHAR', regexpPieces),
  scalar('dp_regexp_position', ['VARCHAR', 'VARCHAR', 'BIGINT', 'BIGINT'], 'INTEGER', regexpPosition),
];

/** The pieces between matches. */
function regexpSplit(text: string, pattern: string): string {
  let from = 0;
  const pieces: string[] = [];
  for (const match of text.matchAll(compiledPattern(pattern, 'g'))) {
    pieces.push(text.slice(from, match.index));
    from = match.index + match[0].length;
  }
  return JSON.stringify([...pieces, text.slice(from)]);
}

function regexpAll(text: string, pattern: string, group: bigint): string {
  if (group < 0n || Number(group) > groupsOf(pattern))
    throw new Error(`${RAISED}Pattern has no group ${group}`);
  const matches = [...text.matchAll(compiledPattern(pattern, 'g'))];
  return JSON.stringify(matches.map((match) => match[Number(group)] ?? null));
}

/** What stands before each match and its groups; what is left comes last, without groups. */
function regexpPieces(text: string, pattern: string): string {
  let from = 0;
  const pieces: { before: string; groups: (string | null)[] | null }[] = [];
  for (const match of text.matchAll(compiledPattern(pattern, 'g'))) {
    pieces.push({
      before: text.slice(from, match.index),
      groups: match.slice(1).map((group) => group ?? null),
    });
    from = match.index + match[0].length;
  }
  return JSON.stringify([...pieces, { before: text.slice(from), groups: null }]);
}

/** The number of groups that a pattern has. */
export function groupsOf(pattern: string): number {
  const source = compiledPattern(pattern, '').source;
  return (new RegExp(`${source}|`, 'u').exec('')?.length ?? 1) - 1;
}

const patterns = new Map<string, RegExp>();

function regexpExtract(text: string, pattern: string, group: bigint): string | null {
  const match = compiledPattern(pattern, '').exec(text);
  if (match === null) return null;
  const index = Number(group);
  if (index < 0 || index >= match.length) throw new Error(`${RAISED}Pattern has no group ${index}`);
  return match[index] ?? null;
}

/** The planner let only patterns through that mean the same in both languages, but for white space. */
export function compiledPattern(pattern: string, more: 'g' | ''): RegExp {
  const key = `${more}/${pattern}`;
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  const letters = flags?.[1] ?? '';
  const pieces = pattern.slice(flags?.[0].length ?? 0).matchAll(PIECE);
  let inClass = false;
  let source = '';
  for (const [piece] of pieces) {
    if (piece === '[') inClass = true;
    else if (piece === ']') inClass = false;
    source += inClass ? inClassSource(piece) : pieceSource(piece, letters);
  }
  const made = new RegExp(source, `u${more}${letters.replace('m', '')}`);
  patterns.set(key, made);
  return made;
}

const PIECE = /\\p\{[^}]*\}|\\P\{[^}]*\}|\\.|\(\?[^)]|./gsu;
const AT_END = '(?![\\s\\S])';

/** Java's syntax, as Trino's engine reads it, in JavaScript's: lines end with a line feed alone, a text before one too. */
function pieceSource(piece: string, letters: string): string {
  const isMultiline = letters.includes('m');
  switch (piece) {
    case '.':
      return letters.includes('s') ? '.' : '[^\\n]';
    case '$':
      return isMultiline ? `(?=\\n|${AT_END})` : `(?=\\n?${AT_END})`;
    case '^':
      return isMultiline ? '(?<![^\\n])' : '(?<![\\s\\S])';
    case '\\A':
      return '(?<![\\s\\S])';
    case '\\z':
      return AT_END;
    case '\\Z':
      return `(?=\\n?${AT_END})`;
    case '\\S':
      return '[^\\t\\n\\v\\f\\r ]';
    case '\\s':
      return '[\\t\\n\\v\\f\\r ]';
    default:
      return inClassSource(piece);
  }
}

const SCRIPT = /^(\\[pP])\{([A-Z][a-z]{2,})\}$/;

function inClassSource(piece: string): string {
  // JavaScript's own white space is Unicode's.
  if (piece === '\\s') return '\\t\\n\\v\\f\\r ';
  const script = SCRIPT.exec(piece);
  if (script !== null) return `${script[1]}{Script=${script[2]}}`;
  const escaped = piece.length === 2 && piece.startsWith('\\') ? (piece[1] ?? '') : undefined;
  if (escaped === undefined) return piece;
  return /[A-Za-z1-9^$\\.*+?()[\]{}|/-]/.test(escaped) ? piece : escaped;
}

/** Every match, by a text where `$1` and `${name}` are groups and a backslash makes the next character plain. */
function regexpReplace(text: string, pattern: string, by: string): string {
  return text.replace(compiledPattern(pattern, 'g'), (...found) => {
    const last = found.at(-1);
    const named: Readonly<Record<string, string>> = typeof last === 'object' ? last : {};
    return by.replaceAll(
      /\\(.)|\$(\d)|\$\{(\w+)\}/gs,
      (_, plain?: string, group?: string, name?: string) =>
        plain ?? (group === undefined ? (named[name ?? ''] ?? '') : (found[Number(group)] ?? '')),
    );
  });
}

/** From 1; -1 where there is no such match. */
function regexpPosition(text: string, pattern: string, start: bigint, occurrence: bigint): number {
  if (start < 1n) throw new Error(`${RAISED}start position cannot be smaller than 1`);
  if (occurrence < 1n) throw new Error(`${RAISED}occurrence cannot be smaller than 1`);
  const characters = [...text];
  const skipped = characters.slice(0, Number(start) - 1).join('').length;
  const places = [...text.matchAll(compiledPattern(pattern, 'g'))].map((match) => match.index);
  const place = places.filter((at) => at >= skipped)[Number(occurrence) - 1];
  return place === undefined ? -1 : [...text.slice(0, place)].length + 1;
}
