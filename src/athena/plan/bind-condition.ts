import type { Expression } from '../sql/tree.ts';
import { commonSuperType, isFloating } from '../types/coercion.ts';
import * as types from '../types/type.ts';
import { bindBoolean, bindExpression, coerce, coerceAll } from './bind-expression.ts';
import { bindComparison, COMPARED_PLAINLY, comparisonSql } from './bind-operator.ts';
import { type BoundQuery, bindQuery } from './bind-query.ts';
import { type Bound, combine, quoteText, raiseWhen } from './bound.ts';
import { coerceSql } from './cast.ts';
import { equalSql, isContainer } from './compare.ts';
import { type Context, notSupported, refuse } from './context.ts';
import { once } from './once.ts';

export function bindIn(expression: Expression & { kind: 'inList' }, context: Context): Bound {
  const { at, operand, items, negated } = expression;
  const not = (sql: string): string => (negated ? `(NOT ${sql})` : sql);
  if (operand.kind === 'row') return bindRowIn({ ...expression, operand }, context);
  const bound = [operand, ...items].map((part) => bindExpression(part, context));
  const { bounds, type } = coerceAll(bound, context, 'IN value and list items');
  const [value, ...list] = bounds;
  if (value !== undefined && isContainer(type)) {
    const any = once(
      [value.sql],
      ([one = ''], others) => others.map((other) => equalSql(one, other, type)).join(' OR '),
      list.map((item) => item.sql),
    );
    return combine(bounds, { sql: not(`(${any})`), type: types.BOOLEAN, at });
  }
  const plain = `(${value?.sql} IN (${list.map((item) => item.sql).join(', ')}))`;
  // NaN equals nothing, not even itself; with a NULL in the list that stays unknown.
  const isNumber = `isnan(${value?.sql})`;
  const sql =
    isFloating(type) && value?.constant === undefined
      ? `(CASE WHEN ${isNumber} THEN (${list.map((item) => `${item.sql} IS NULL`).join(' OR ')}) AND NULL ELSE ${plain} END)`
      : plain;
  return combine(bounds, { sql: not(sql), type: types.BOOLEAN, at });
}

type RowIn = Expression & { kind: 'inList' };

/**
 * `(a, b) IN ((1, 'x'), …)`. Trino looks rows up in a set when all of them are constants: a field that is NULL
 * then makes the answer NULL, where comparing one by one would often know that it is false.
 */
function bindRowIn(expression: RowIn & { operand: Expression & { kind: 'row' } }, context: Context): Bound {
  const { at, operand, items, negated } = expression;
  const parts = items.map((item) =>
    bindComparison({ kind: 'compare', operator: '=', left: operand, right: item, at }, context),
  );
  const constants = items.filter((item) => isConstantRow(item)).length;
  if (items.length > 1 && constants > 0 && constants < items.length) {
    throw notSupported(context, at, 'rows IN a list that is partly of constants');
  }
  const plain = `(${parts.map((part) => part.sql).join(' OR ')})`;
  const fields = operand.items.map((item) => `${bindExpression(item, context).sql} IS NULL`);
  // A row of constants among constants is compared before the query runs.
  const isSet = items.length > 1 && constants > 0 && !isConstantRow(operand, true);
  const sql = isSet ? `(CASE WHEN ${fields.join(' OR ')} THEN NULL ELSE ${plain} END)` : plain;
  return combine(parts, { sql: negated ? `(NOT ${sql})` : sql, type: types.BOOLEAN, at });
}

const CONSTANTS: readonly string[] = ['number', 'string', 'boolean', 'typed'];

function isConstantRow(item: Expression, alsoNull = false): boolean {
  return (
    item.kind === 'row' &&
    item.items.every((field) => CONSTANTS.includes(field.kind) || (alsoNull && field.kind === 'null'))
  );
}

export function bindInQuery(expression: Expression & { kind: 'inQuery' }, context: Context): Bound {
  const { at, negated } = expression;
  if (expression.operand.kind === 'row')
    return bindRowInQuery({ ...expression, operand: expression.operand }, context);
  const operand = bindExpression(expression.operand, context);
  const query = bindQuery(expression.query, context);
  const [column] = query.columns;
  if (column === undefined || query.columns.length !== 1)
    throw refuse(
      context,
      expression.query.at,
      'Multiple columns returned by subquery are not supported in IN',
    );
  const type = commonSuperType(operand.type, column.type);
  if (type === undefined)
    throw refuse(
      context,
      at,
      `value and result of subquery must be of the same type for IN expression: ${types.typeText(operand.type)} vs ${types.typeText(column.type)}`,
    );
  const value = coerce(operand, type, context);
  const sql = `(${value.sql} ${negated ? 'NOT ' : ''}IN (${singleColumn(query, type, context)}))`;
  return combine([operand, outerOf(query, at)], { sql, type: types.BOOLEAN, at });
}

/** Rows are looked up in a set, where NULL is the same as NULL; so the answer is never NULL. */
function bindRowInQuery(
  expression: Expression & { kind: 'inQuery'; operand: Expression & { kind: 'row' } },
  context: Context,
): Bound {
  const { at, negated } = expression;
  const fields = expression.operand.items.map((item) => bindExpression(item, context));
  const query = bindQuery(expression.query, context);
  if (query.columns.length !== fields.length)
    throw refuse(
      context,
      expression.query.at,
      'Value expression and result of subquery must be of the same type',
    );
  const alias = context.env.nextName('r');
  const sides = fields.map((field, index) => {
    const column = query.columns[index];
    const type = column === undefined ? undefined : commonSuperType(field.type, column.type);
    if (column === undefined || type === undefined)
      throw refuse(context, field.at, 'Value expression and result of subquery must be of the same type');
    if (!COMPARED_PLAINLY.includes(type.base))
      throw notSupported(context, field.at, `a row with a value of type ${type.base} IN a subquery`);
    return {
      left: coerce(field, type, context).sql,
      right: coerceSql(`${alias}.${column.sql}`, column.type, type),
    };
  });
  const sought = `SELECT row(${sides.map(({ right }) => right).join(', ')}) FROM (${query.sql}) AS ${alias}`;
  const sql = `(row(${sides.map(({ left }) => left).join(', ')}) ${negated ? 'NOT ' : ''}IN (${sought}))`;
  return combine([...fields, outerOf(query, at)], { sql, type: types.BOOLEAN, at });
}

function singleColumn(query: BoundQuery, type: types.Type, context: Context): string {
  const [column] = query.columns;
  if (column === undefined || types.sameType(column.type, type)) return query.sql;
  const alias = context.env.nextName('r');
  return `SELECT ${coerceSql(`${alias}.${column.sql}`, column.type, type)} FROM (${query.sql}) AS ${alias}`;
}

/** What a subquery used of the scopes around it, as a part of the expression it stands in. */
function outerOf(query: BoundQuery, at: number): Bound {
  return {
    sql: '',
    type: types.UNKNOWN,
    at,
    loose: query.outer,
    aggregate: false,
    window: false,
    volatile: false,
  };
}

export function bindQuantified(expression: Expression & { kind: 'quantified' }, context: Context): Bound {
  const { at, operator, quantifier } = expression;
  const left = bindExpression(expression.left, context);
  const query = bindQuery(expression.query, context);
  const [column] = query.columns;
  if (column === undefined || query.columns.length !== 1)
    throw refuse(context, expression.query.at, 'Multiple columns returned by subquery are not supported');
  const type = commonSuperType(left.type, column.type);
  if (type === undefined)
    throw refuse(context, at, 'the value and the result of the subquery have no common type');
  const sql = `(${coerce(left, type, context).sql} ${operator} ${quantifier} (${singleColumn(query, type, context)}))`;
  return combine([left, outerOf(query, at)], { sql, type: types.BOOLEAN, at });
}

export function bindSubquery(
  expression: Expression & { kind: 'subquery' | 'exists' },
  context: Context,
): Bound {
  const { at } = expression;
  const query = bindQuery(expression.query, context);
  const outer = outerOf(query, at);
  if (expression.kind === 'exists')
    return combine([outer], { sql: `EXISTS (${query.sql})`, type: types.BOOLEAN, at });
  const [column] = query.columns;
  if (column === undefined || query.columns.length !== 1)
    throw refuse(context, at, 'Multiple columns returned by subquery are not yet supported');
  return combine([outer], { sql: `(${query.sql})`, type: column.type, at });
}

export function bindLike(expression: Expression & { kind: 'like' }, context: Context): Bound {
  const { at, negated } = expression;
  const parts = [
    expression.operand,
    expression.pattern,
    ...(expression.escape === undefined ? [] : [expression.escape]),
  ];
  const texts = parts.map((part) => {
    const bound = bindExpression(part, context);
    if (bound.type.base === 'varchar' || bound.type.base === 'unknown')
      return coerce(bound, types.VARCHAR, context);
    throw refuse(context, part.at, `LIKE must evaluate to a varchar (actual: ${types.typeText(bound.type)})`);
  });
  const [value, pattern, escaping] = texts;
  if (escaping !== undefined && [...(escaping.constant ?? 'x')].length !== 1)
    throw refuse(context, escaping.at, 'Escape string must be a single character');
  const checked = escaping === undefined ? pattern?.sql : escapedPattern(pattern, escaping, context);
  const suffix = escaping === undefined ? '' : ` ESCAPE ${escaping.sql}`;
  return combine(texts, {
    sql: `(${value?.sql} ${negated ? 'NOT ' : ''}LIKE ${checked}${suffix})`,
    type: types.BOOLEAN,
    at,
  });
}

/** The pattern, which is an error where the escape character stands before anything but %, _ and itself. */
function escapedPattern(pattern: Bound | undefined, escaping: Bound, context: Context): string {
  const sql = pattern?.sql ?? 'NULL';
  const { constant } = escaping;
  const why = "Escape character must be followed by '%', '_' or the escape character itself";
  if (constant === undefined) throw notSupported(context, escaping.at, 'an escape that is not a constant');
  const mark = constant.replaceAll(/[\\^$.*+?()[\]{}|-]/g, '\\$&');
  const valid = `(?:[^${mark}]|${mark}[%_${mark}])*`;
  if (pattern?.constant === undefined)
    return once([sql], ([text = '']) =>
      raiseWhen(`NOT regexp_full_match(${text}, ${quoteText(`(?s)${valid}`)})`, why, text),
    );
  if (!new RegExp(`^${valid}$`, 's').test(pattern.constant)) throw refuse(context, pattern.at, why);
  return sql;
}

export function bindCase(expression: Expression & { kind: 'case' }, context: Context): Bound {
  const { at, operand, whens, otherwise } = expression;
  const value = operand === undefined ? undefined : bindExpression(operand, context);
  const comparands = whens.map(({ when }) =>
    value === undefined ? bindBoolean(when, context, 'CASE WHEN clause') : bindExpression(when, context),
  );
  const results = whens.map(({ result }) => bindExpression(result, context));
  const last = otherwise === undefined ? [] : [bindExpression(otherwise, context)];
  const { bounds, type } = coerceAll([...results, ...last], context, 'All CASE results');
  const body = (name: string | undefined, parts: readonly string[]): string => {
    const part = (index: number): string => parts[index] ?? 'NULL';
    const arms = comparands.map((comparand, index) => {
      const condition =
        value === undefined
          ? part(index)
          : comparisonSql(
              {
                operator: '=',
                left: { ...value, sql: name ?? value.sql },
                right: { ...comparand, sql: part(index) },
                at: comparand.at,
              },
              context,
            );
      return `WHEN ${condition} THEN ${part(comparands.length + index)}`;
    });
    const rest = last.length === 0 ? '' : ` ELSE ${parts.at(-1)}`;
    return `CASE ${arms.join(' ')}${rest} END`;
  };
  const parts = [...comparands, ...bounds].map((part) => part.sql);
  const sql =
    value === undefined
      ? body(undefined, parts)
      : once([value.sql], ([name], carried) => body(name, carried), parts);
  return combine([...(value === undefined ? [] : [value]), ...comparands, ...bounds], {
    sql: typed(sql, type),
    type,
    at,
  });
}

/** A CASE of NULLs alone still needs a type DuckDB knows. */
function typed(sql: string, type: types.Type): string {
  return type.base === 'unknown' ? `CAST(${sql} AS INTEGER)` : sql;
}
