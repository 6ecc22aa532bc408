import { zoneOfText } from '../functions/zone.ts';
import type { CompareOperator, Expression } from '../sql/tree.ts';
import { asDecimal, commonSuperType, isFloating, isNumeric } from '../types/coercion.ts';
import * as types from '../types/type.ts';
import { bindExpression, coerce, coerceAll } from './bind-expression.ts';
import { bindTimeArithmetic } from './bind-time.ts';
import { type Bound, combine, raiseWhen } from './bound.ts';
import { instantOf } from './cast-time.ts';
import { equalSql, holdsMap, isContainer, orderedSql } from './compare.ts';
import { type Context, notSupported, refuse } from './context.ts';
import { decimalArithmetic, decimalResult, decimalType, divideDecimals } from './decimal.ts';
import { exactComparison } from './exact-time.ts';
import { isPlain, once } from './once.ts';

type Arithmetic = Expression & { kind: 'arithmetic' };

/** `+ - * / %` and `||`. */
export function bindArithmetic(expression: Arithmetic, context: Context): Bound {
  const left = bindExpression(expression.left, context);
  const right = bindExpression(expression.right, context);
  if (expression.operator === '||') return bindConcat({ expression, left, right }, context);
  const time = bindTimeArithmetic({ operator: expression.operator, left, right, at: expression.at }, context);
  if (time !== undefined) return time;
  const common = commonSuperType(left.type, right.type);
  if (common === undefined || !(isNumeric(common) || common.base === 'unknown'))
    throw cannotApply(expression, { left, right }, context);
  if (isAmbiguous(expression.operator, left, right)) {
    throw refuse(
      context,
      expression.at,
      'Could not choose a best candidate operator: cast the NULL to a type',
    );
  }
  if (common.base === 'decimal') return bindDecimal({ expression, left, right }, context);
  const sides = { left: coerce(left, common, context), right: coerce(right, common, context) };
  const sql = isFloating(common)
    ? floatingSql(expression.operator, sides)
    : wholeSql(expression.operator, sides);
  return combine([left, right], { sql, type: common, at: expression.at });
}

/** Whether a bare NULL could be a number or an interval. */
function isAmbiguous(operator: string, left: Bound, right: Bound): boolean {
  const [first, second] = [left.type.base === 'unknown', right.type.base === 'unknown'];
  if (first && second) return true;
  // An interval is multiplied with one of these, and divided by a double.
  const { base } = first ? right.type : left.type;
  if (operator === '*') return (first || second) && (base === 'bigint' || base === 'double');
  return operator === '/' && first && base === 'double';
}

function cannotApply(
  expression: { operator: string; at: number },
  sides: { left: Bound; right: Bound },
  context: Context,
): Error {
  const { left, right } = sides;
  return refuse(
    context,
    expression.at,
    `Cannot apply operator: ${types.typeText(left.type)} ${expression.operator} ${types.typeText(right.type)}`,
  );
}

function wholeSql(operator: string, sides: { left: Bound; right: Bound }): string {
  const { left, right } = sides;
  if (operator !== '/' && operator !== '%') return `(${left.sql} ${operator} ${right.sql})`;
  const symbol = operator === '/' ? '//' : '%';
  if (right.constant !== undefined && Number(right.constant) !== 0)
    return `(${left.sql} ${symbol} ${right.sql})`;
  return once(
    [left.sql, right.sql],
    ([dividend, divisor]) =>
      `(${raiseWhen(`${divisor} = 0 AND ${dividend} IS NOT NULL`, 'Division by zero', `${dividend} ${symbol} ${divisor}`)})`,
  );
}

function floatingSql(operator: string, sides: { left: Bound; right: Bound }): string {
  const { left, right } = sides;
  if (operator === '%') {
    const sql = `dp_remainder(CAST(${left.sql} AS DOUBLE), CAST(${right.sql} AS DOUBLE))`;
    return left.type.base === 'real' ? `CAST(${sql} AS FLOAT)` : sql;
  }
  return `(${left.sql} ${operator} ${right.sql})`;
}

function bindDecimal(of: { expression: Arithmetic; left: Bound; right: Bound }, context: Context): Bound {
  const { expression, left, right } = of;
  const { operator, at } = expression;
  // NULL alone meets a decimal as the narrowest one.
  const one = asDecimal(left.type) ?? { precision: 1, scale: 0 };
  const other = asDecimal(right.type) ?? { precision: 1, scale: 0 };
  const result = decimalResult(operator, one, other);
  if (result === undefined)
    throw refuse(context, at, 'the result would need more than 38 digits after the point');
  const sides = { left: typedSide(left, one), right: typedSide(right, other) };
  const sql =
    operator === '/'
      ? divideDecimals(sides.left, sides.right, result)
      : decimalArithmetic(operator, sides, result);
  return combine([left, right], { sql: `(${sql})`, type: decimalType(result), at });
}

function typedSide(
  bound: Bound,
  digits: { precision: number; scale: number },
): { sql: string; type: types.Type } {
  if (bound.type.base !== 'unknown') return bound;
  return { sql: `CAST(NULL AS DECIMAL(${digits.precision},${digits.scale}))`, type: decimalType(digits) };
}

function bindConcat(of: { expression: Arithmetic; left: Bound; right: Bound }, context: Context): Bound {
  const { expression, left, right } = of;
  const { at } = expression;
  const isText = (type: types.Type): boolean => type.base === 'varchar' || type.base === 'unknown';
  if (
    left.type.base === 'unknown'
      ? right.type.base === 'unknown' || right.type.base === 'array'
      : left.type.base === 'array' && right.type.base === 'unknown'
  )
    throw refuse(context, at, 'Could not choose a best candidate operator: cast the NULL to a type');
  if (left.type.base === 'array' || right.type.base === 'array') {
    const list = left.type.base === 'array' ? left : right;
    const item = list === left ? right : left;
    const isItem = item.type.base !== 'array' && item.type.base !== 'unknown';
    // A missing item makes the whole NULL.
    const single = isItem
      ? once([item.sql], ([value]) => `CASE WHEN ${value} IS NOT NULL THEN [${value}] END`)
      : item.sql;
    const wrapped = isItem ? { ...item, sql: single, type: types.array(item.type) } : item;
    const ordered = list === left ? [left, wrapped] : [wrapped, right];
    const { bounds, type } = coerceAll(ordered, context, 'Arrays to concatenate');
    if (bounds.some((_, index) => isEmptyArray(ordered[index]?.type) !== isEmptyArray(type)))
      throw refuse(context, at, 'Could not choose a best candidate operator: cast the empty array to a type');
    return combine([left, right], { sql: `(${bounds.map((bound) => bound.sql).join(' || ')})`, type, at });
  }
  if (left.type.base === 'varbinary' && right.type.base === 'varbinary') {
    return combine([left, right], { sql: `(${left.sql} || ${right.sql})`, type: types.VARBINARY, at });
  }
  const other =
    left.type.base === 'unknown' ? right.type : right.type.base === 'unknown' ? left.type : undefined;
  if (other?.base === 'varchar' && other.length !== undefined) {
    // Trino takes a bare NULL beside a text of known length for an array.
    const type = types.array(other);
    return combine([left, right], { sql: `CAST(NULL AS ${types.duckdbType(type)})`, type, at });
  }
  if (!isText(left.type) || !isText(right.type) || left.type.base !== right.type.base)
    throw cannotApply(expression, { left, right }, context);
  const texts = [left, right].map((side) => coerce(side, types.VARCHAR, context).sql);
  return combine([left, right], { sql: `(${texts.join(' || ')})`, type: types.VARCHAR, at });
}

function isEmptyArray(type: types.Type | undefined): boolean {
  return type?.base === 'array' && type.element.base === 'unknown';
}

/** `= <> < <= > >=`, between values of a common type only. */
export function bindComparison(expression: Expression & { kind: 'compare' }, context: Context): Bound {
  const { operator, at } = expression;
  const isEquality = operator === '=' || operator === '<>';
  if (isEquality && expression.left.kind === 'row' && expression.right.kind === 'row')
    return bindRowComparison(expression, context);
  const left = bindExpression(expression.left, context);
  const right = bindExpression(expression.right, context);
  return combine([left, right], {
    sql: comparisonSql({ operator, left, right, at }, context),
    type: types.BOOLEAN,
    at,
  });
}

interface Comparison {
  readonly operator: CompareOperator;
  readonly left: Bound;
  readonly right: Bound;
  readonly at: number;
}

export function comparisonSql(comparison: Comparison, context: Context): string {
  const { left, right, operator } = comparison;
  const type = commonSuperType(left.type, right.type);
  if (type === undefined) throw cannotApply(comparison, comparison, context);
  const exact = type.base === 'timestamp' ? exactComparison(comparison, context) : undefined;
  if (exact !== undefined) return exact;
  const isEquality = operator === '=' || operator === '<>';
  const sides = { left: coerce(left, type, context), right: coerce(right, type, context) };
  if (isContainer(type)) {
    if (isEquality) {
      const equal = equalSql(sides.left.sql, sides.right.sql, type);
      return operator === '=' ? equal : `(NOT ${equal})`;
    }
    const [one, other] = [sides.left, sides.right].map((side) => orderedSql(side, context));
    return `(${one} ${operator} ${other})`;
  }
  if (type.base === 'json' && !isEquality) throw cannotApply(comparison, comparison, context);
  return isFloating(type)
    ? floatingComparison(operator, sides)
    : `(${sides.left.sql} ${operator} ${sides.right.sql})`;
}

export const COMPARED_PLAINLY: readonly string[] = [
  'boolean',
  'tinyint',
  'smallint',
  'integer',
  'bigint',
  'decimal',
  'varchar',
  'date',
  'time',
  'timestamp',
];

/** NaN equals nothing and is neither less nor greater; DuckDB has it the greatest of all and equal to itself. */
function floatingComparison(operator: CompareOperator, sides: { left: Bound; right: Bound }): string {
  const { left, right } = sides;
  const plain = `${left.sql} ${operator} ${right.sql}`;
  const risky = [left, right].filter((side) => side.constant === undefined);
  if (risky.length === 0) return `(${plain})`;
  const none = risky.map((side) => `NOT isnan(${side.sql})`).join(' AND ');
  // Beside a NULL the answer is unknown, whatever the other side is.
  const unknown = risky.map((side) => `${side.sql} IS NULL`).join(' OR ');
  const isOrdered = risky.length === 1 ? none : `(${none} OR ${unknown})`;
  return operator === '<>' ? `(${plain} OR NOT ${isOrdered})` : `(${plain} AND ${isOrdered})`;
}

/** Rows are equal when all their fields are; NULL fields make it unknown, which DuckDB's structs do not. */
function bindRowComparison(expression: Expression & { kind: 'compare' }, context: Context): Bound {
  const { operator, at, left, right } = expression;
  if (left.kind !== 'row' || right.kind !== 'row') throw new Error('a row comparison without rows');
  if (left.items.length !== right.items.length)
    throw refuse(context, at, 'rows of different sizes cannot be compared');
  const parts = left.items.map((item, index) => {
    const other = right.items[index] ?? item;
    return bindComparison({ kind: 'compare', operator: '=', left: item, right: other, at }, context);
  });
  const sides = [left, right].map((side) => bindExpression(side, context));
  const [one, other] = sides;
  const type = one === undefined || other === undefined ? undefined : commonSuperType(one.type, other.type);
  const fields = [...left.items, ...right.items].map((item) => bindExpression(item, context));
  // All fields are computed before any is compared, so that an error in one is not missed.
  const isEager = type !== undefined && !fields.every((field) => isPlain(field.sql));
  const equal = isEager
    ? equalSql(...(sides.map((side) => coerce(side, type, context).sql) as [string, string]), type)
    : `(${parts.map((part) => part.sql).join(' AND ')})`;
  return combine(parts, { sql: operator === '=' ? equal : `(NOT ${equal})`, type: types.BOOLEAN, at });
}

export function bindDistinctFrom(expression: Expression & { kind: 'isDistinct' }, context: Context): Bound {
  const { at, negated } = expression;
  const { bounds } = coerceAll(
    [bindExpression(expression.left, context), bindExpression(expression.right, context)],
    context,
    'Values to compare',
  );
  const [left, right] = bounds;
  if (left !== undefined && holdsMap(left.type))
    throw notSupported(context, at, `IS DISTINCT FROM between values of type ${left.type.base}`);
  const sql = `(${left?.sql} IS ${negated ? 'NOT ' : ''}DISTINCT FROM ${right?.sql})`;
  return combine(bounds, { sql, type: types.BOOLEAN, at });
}

export function bindBetween(expression: Expression & { kind: 'between' }, context: Context): Bound {
  const { at, negated } = expression;
  const values = [expression.operand, expression.low, expression.high].map((part) =>
    bindExpression(part, context),
  );
  const [operand, low, high] = values;
  if (operand === undefined || low === undefined || high === undefined)
    throw new Error('BETWEEN without its parts');
  const sql = once(
    [operand.sql],
    ([name], [from, to]) => {
      const value: Bound = { ...operand, sql: name ?? operand.sql };
      const lowest = { ...low, sql: from ?? low.sql };
      const highest = { ...high, sql: to ?? high.sql };
      const above = comparisonSql({ operator: '>=', left: value, right: lowest, at }, context);
      const below = comparisonSql({ operator: '<=', left: value, right: highest, at }, context);
      return `(${above} AND ${below})`;
    },
    [low.sql, high.sql],
  );
  return combine(values, { sql: negated ? `(NOT ${sql})` : sql, type: types.BOOLEAN, at });
}

/** The same instant seen in another zone. A timestamp without a zone is in the session's, which is UTC. */
export function bindAtTimeZone(expression: Expression & { kind: 'atTimeZone' }, context: Context): Bound {
  const { at } = expression;
  const operand = bindExpression(expression.operand, context);
  const text = bindExpression(expression.zone, context).constant;
  if (text === undefined)
    throw notSupported(context, expression.zone.at, 'a time zone that is not a constant');
  const zone = zoneOfText(text);
  if (zone === undefined) throw refuse(context, expression.zone.at, `'${text}' is not a valid time zone`);
  const { type } = operand;
  if (type.base !== 'timestamp' && type.base !== 'timestamp with time zone') {
    throw refuse(
      context,
      at,
      `Type of value must be a time or timestamp with or without time zone (actual ${types.typeText(type)})`,
    );
  }
  const sql = type.base === 'timestamp' ? instantOf(operand.sql, 'UTC') : operand.sql;
  return combine([operand], { sql, type: types.timestampWithZone(type.precision, zone), at });
}
