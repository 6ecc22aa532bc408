import { Failure } from '../std/failure.ts';

/** A place in SQL text, as an offset in UTF-16 units from its start. */
export type Offset = number;

/** SQL that Athena's parser refuses. */
export function syntaxFailure(sql: string, at: Offset, why: string): Failure {
  return failureAt({ sql, at, code: 'query-invalid', what: 'The SQL is not valid', why });
}

/** SQL that parses and that Athena's analyzer refuses: a wrong type, an unknown name, a column that is not grouped. */
export function meaningFailure(sql: string, at: Offset, why: string): Failure {
  return failureAt({ sql, at, code: 'query-invalid', what: 'Athena would refuse the query', why });
}

/** SQL that Athena may answer and that this machine cannot answer faithfully. */
export function notSupportedFailure(sql: string, at: Offset, what: string): Failure {
  const { line, column } = placeOf(sql, at);
  return new Failure({
    code: 'query-not-supported-local',
    kind: 'failed',
    message: `not supported in local: ${what}, at line ${line}, column ${column}\n${excerpt(sql, at)}`,
    nextSteps: ['Run it on Athena: dp query --env staging …', 'docs/sql.md lists what local answers.'],
    docs: 'docs/sql.md',
  });
}

function failureAt(words: { sql: string; at: Offset; code: string; what: string; why: string }): Failure {
  const { line, column } = placeOf(words.sql, words.at);
  return new Failure({
    code: words.code,
    kind: 'failed',
    message: `${words.what}, at line ${line}, column ${column}: ${words.why}\n${excerpt(words.sql, words.at)}`,
    nextSteps: [
      ...(/operator: date \S+ varchar|operator: varchar\S* \S+ date/.test(words.why)
        ? ["Write a day as DATE '2026-11-22'; Athena compares dates with dates only."]
        : []),
      'Correct the SQL and run it again.',
      'docs/sql.md describes the dialect.',
    ],
    docs: 'docs/sql.md',
  });
}

/** Both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export function placeOf(sql: string, at: Offset): Place {
  const before = sql.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Characters of the line shown around the place, at most. */
const EXCERPT_CHARACTERS_MAX = 100;

function excerpt(sql: string, at: Offset): string {
  const { line, column } = placeOf(sql, at);
  const text = (sql.split('\n')[line - 1] ?? '').replaceAll('\t', ' ');
  const from = Math.max(0, column - 1 - EXCERPT_CHARACTERS_MAX / 2);
  const shown = text.slice(from, from + EXCERPT_CHARACTERS_MAX);
  return `  ${shown}\n  ${' '.repeat(column - 1 - from)}^`;
}
