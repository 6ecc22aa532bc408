import { type Plain, plainTrino, samePlain } from './plain.ts';

export interface Question {
  readonly id: string;
  readonly sql: string;
}

/** What Trino's engine said, as test/trino/Oracle.java writes it. */
export interface TrinoAnswer {
  readonly id: string;
  readonly types?: readonly string[];
  readonly names?: readonly string[];
  readonly rows?: readonly (readonly unknown[])[];
  readonly error?: string;
  readonly message?: string;
}

export interface LocalAnswer {
  readonly types?: readonly string[];
  readonly names?: readonly string[];
  readonly rows?: readonly (readonly Plain[])[];
  /** Why local gave no answer. */
  readonly refused?: string;
}

export type Verdict =
  | 'same'
  | 'both refuse'
  /** Trino's compiler broke down over its own code: nothing to compare with. */
  | 'oracle failed'
  /** Trino answers and local says that it cannot: allowed, and counted. */
  | 'local refuses'
  /** Local answers what Trino refuses. */
  | 'local accepts'
  | 'rows differ'
  | 'types differ'
  | 'names differ';

/** Verdicts by which an operator would be misled. */
export const SILENT: ReadonlySet<Verdict> = new Set([
  'local accepts',
  'rows differ',
  'types differ',
  'names differ',
]);

/** Compares two answers to one question. Rows without ORDER BY are compared in any order. */
export function compareAnswers(question: Question, trino: TrinoAnswer, local: LocalAnswer): Verdict {
  if (trino.error === 'COMPILER_ERROR') return 'oracle failed';
  if (local.refused !== undefined) return trino.error === undefined ? 'local refuses' : 'both refuse';
  if (trino.error !== undefined) return 'local accepts';
  const types = trino.types ?? [];
  const expected = (trino.rows ?? []).map((row) =>
    row.map((value, index) => plainTrino(value, types[index] ?? '')),
  );
  const ordered = /\border by\b(?!.*\))/is.test(question.sql);
  const [left, right] = ordered
    ? [expected, local.rows ?? []]
    : [inOrder(expected), inOrder(local.rows ?? [])];
  if (!samePlain(left, right)) return 'rows differ';
  if (types.join('; ') !== (local.types ?? []).join('; ')) return 'types differ';
  return (trino.names ?? []).join('; ') === (local.names ?? []).join('; ') ? 'same' : 'names differ';
}

function inOrder(rows: readonly (readonly Plain[])[]): (readonly Plain[])[] {
  return [...rows].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

/** Digits of a double by which rows are sorted, fewer than those compared. */
const SORT_DIGITS = 9;

function keyOf(row: readonly Plain[]): string {
  return JSON.stringify(row, (_, given) => {
    const value = sortedMap(given);
    const isMarked = typeof value === 'object' && value !== null && 'double' in value;
    const text = isMarked ? (value as { double: string }).double : value;
    if (typeof text !== 'string' || !/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text)) return value;
    return Number(text).toPrecision(SORT_DIGITS);
  });
}

/** A map's entries in the order of their keys, which engines are free to choose. */
function sortedMap(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !('map' in value)) return value;
  return Object.entries(value.map as Record<string, unknown>).sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
}
