import type { CompareOperator } from '../sql/tree.ts';
import type { Type } from '../types/type.ts';
import type { Bound } from './bound.ts';
import type { Context } from './context.ts';

/**
 * Timestamps of tables have milliseconds, rounded half up from what a file holds. A condition on the rounded value
 * would be computed for every row of every file, and no part of a file could be left out by its least and greatest
 * values. The same condition can be put to the file's own value: rounded(t) >= X, where X has no more than
 * milliseconds, is t >= X - half a millisecond.
 */
const HALF = 'INTERVAL 500 MICROSECONDS';
/** Digits of a second that rounded timestamps have. */
const ROUNDED_DIGITS = 3;

interface Comparison {
  readonly operator: CompareOperator;
  readonly left: Bound;
  readonly right: Bound;
}

/** SQL for a comparison of a rounded column with a literal, on the unrounded column; undefined for all others. */
export function exactComparison({ operator, left, right }: Comparison, context: Context): string | undefined {
  // Elsewhere a GROUP BY may stand between the column and the condition.
  if (context.without !== 'WHERE clause') return undefined;
  const column = exactOf(left, context);
  if (column !== undefined) return isLiteral(right) ? onColumn(column, operator, right) : undefined;
  const other = exactOf(right, context);
  return other !== undefined && isLiteral(left) ? onColumn(other, FLIPPED[operator], left) : undefined;
}

/** The unrounded column, where it is one of this query's own tables. */
function exactOf({ exactSql, loose }: Bound, { scope }: Context): string | undefined {
  return loose.every((column) => column.scope === scope) ? exactSql : undefined;
}

const LITERAL = /^CAST\('[^']*' AS (?:TIMESTAMP|DATE)\)$/;

function isLiteral({ sql, type }: Bound): boolean {
  return hasMilliseconds(type) && LITERAL.test(sql);
}

function hasMilliseconds(type: Type): boolean {
  return type.base === 'date' || (type.base === 'timestamp' && type.precision <= ROUNDED_DIGITS);
}

const FLIPPED: Readonly<Record<CompareOperator, CompareOperator>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function onColumn(column: string, operator: CompareOperator, literal: Bound): string {
  const value = `CAST(${literal.sql} AS TIMESTAMP)`;
  const [low, high] = [`${value} - ${HALF}`, `${value} + ${HALF}`];
  switch (operator) {
    case '>=':
      return `(${column} >= ${low})`;
    case '>':
      return `(${column} >= ${high})`;
    case '<':
      return `(${column} < ${low})`;
    case '<=':
      return `(${column} < ${high})`;
    case '=':
      return `(${column} >= ${low} AND ${column} < ${high})`;
    case '<>':
      return `(${column} < ${low} OR ${column} >= ${high})`;
  }
}
