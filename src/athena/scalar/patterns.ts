import { RAISED } from '../plan/bound.ts';
import { type Scalar, scalar } from './scalar.ts';

/** What DuckDB's patterns lack: a group that may be missing, looking around, back references, places. */
export const PATTERN_SCALARS: readonly Scalar[] = [
  scalar('dp_regexp_extract', ['VARCHAR', 'VARCHAR', 'BIGINT'], 'VARCHAR', regexpExtract),
  scalar('dp_regexp_like', ['VARCHAR', 'VARCHAR'], 'BOOLEAN', (text, pattern) =>
    compiled(pattern, '').test(text),
  ),
  scalar('dp_regexp_replace', ['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', regexpReplace),
  scalar('dp_regexp_position', ['VARCHAR', 'VARCHAR', 'BIGINT', 'BIGINT'], 'INTEGER', regexpPosition),
];

const patterns = new Map<string, RegExp>();

function regexpExtract(text: string, pattern: string, group: bigint): string | null {
  const match = compiled(pattern, '').exec(text);
  if (match === null) return null;
  const index = Number(group);
  if (index < 0 || index >= match.length) throw new Error(`${RAISED}Pattern has no group ${index}`);
  return match[index] ?? null;
}

/** The planner let only patterns through that mean the same in both languages, but for white space. */
function compiled(pattern: string, more: 'g' | ''): RegExp {
  const key = `${more}/${pattern}`;
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  const source = pattern.slice(flags?.[0].length ?? 0).replaceAll(/\\(.)/gs, translateEscape);
  const made = new RegExp(source, `u${more}${flags?.[1] ?? ''}`);
  patterns.set(key, made);
  return made;
}

function translateEscape(match: string, character: string): string {
  if (character === 'A') return '(?<![\\s\\S])';
  // JavaScript's own white space is Unicode's.
  if (character === 's') return '[\\t\\n\\v\\f\\r ]';
  if (character === 'S') return '[^\\t\\n\\v\\f\\r ]';
  return /[A-Za-z1-9^$\\.*+?()[\]{}|/]/.test(character) ? match : character;
}

/** Every match, by a text where `$1` and `${name}` are groups and a backslash makes the next character plain. */
function regexpReplace(text: string, pattern: string, by: string): string {
  return text.replace(compiled(pattern, 'g'), (...found) => {
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
  const places = [...text.matchAll(compiled(pattern, 'g'))].map((match) => match.index);
  const place = places.filter((at) => at >= skipped)[Number(occurrence) - 1];
  return place === undefined ? -1 : [...text.slice(0, place)].length + 1;
}
