import type { Expression } from '../sql/tree.ts';
import * as types from '../types/type.ts';
import { duckdbFieldName, type RowField, typeText } from '../types/type.ts';
import { bindExpression, coerce } from './bind-expression.ts';
import { type Bound, combine, quoteText, raiseWhen } from './bound.ts';
import { type Context, refuse } from './context.ts';
import { once } from './once.ts';
import { findField } from './scope.ts';

/** A column or a lambda's parameter. */
export function bindName(expression: Expression & { kind: 'name' }, context: Context): Bound {
  const bound = findColumn([expression.name.name], expression.at, context);
  if (bound !== undefined) return bound;
  const { written, at } = expression.name;
  const hint = context.env.sql[at] === '"' ? ` (a text is written in single quotes: '${written}')` : '';
  throw refuse(context, at, `Column '${expression.name.name}' cannot be resolved${hint}`);
}

function findColumn(names: readonly string[], at: number, context: Context): Bound | undefined {
  const found = findField(context.scope, names);
  if (found.kind === 'missing') return undefined;
  if (found.kind === 'ambiguous') throw refuse(context, at, `Column '${names.join('.')}' is ambiguous`);
  const { field, scope } = found;
  const isParameter = scope.lambda === true;
  return {
    sql: field.sql,
    type: field.type,
    ...(field.exactSql === undefined ? {} : { exactSql: field.exactSql }),
    at,
    loose: isParameter ? [] : [{ scope, name: names.join('.'), at }],
    aggregate: false,
    window: false,
    volatile: false,
  };
}

/** `table.column`, or a row's field. */
export function bindField(expression: Expression & { kind: 'field' }, context: Context): Bound {
  const names = chainOf(expression);
  const column = names === undefined ? undefined : findColumn(names, startOf(expression), context);
  if (column !== undefined) return column;
  if (names !== undefined && !isResolvable(names, context)) {
    throw refuse(context, startOf(expression), `Column '${names.join('.')}' cannot be resolved`);
  }
  const base = bindExpression(expression.base, context);
  const { at, name } = expression.field;
  if (base.type.base !== 'row')
    throw refuse(context, at, `Expression of type ${typeText(base.type)} is not a row`);
  const index = base.type.fields.findIndex((field) => field.name?.toLowerCase() === name);
  const field = base.type.fields[index];
  if (field === undefined) throw refuse(context, at, `the row has no field '${name}'`);
  return combine([base], { sql: fieldSql(base.sql, field, index), type: field.type, at: expression.at });
}

/** Whether any beginning of the chain names a column. */
function isResolvable(names: readonly string[], context: Context): boolean {
  return names.some((_, index) => findField(context.scope, names.slice(0, index + 1)).kind !== 'missing');
}

export function fieldSql(row: string, field: RowField, index: number): string {
  return `struct_extract(${row}, ${quoteText(duckdbFieldName(field, index))})`;
}

function chainOf(expression: Expression): string[] | undefined {
  if (expression.kind === 'name') return [expression.name.name];
  if (expression.kind !== 'field') return undefined;
  const base = chainOf(expression.base);
  return base === undefined ? undefined : [...base, expression.field.name];
}

function startOf(expression: Expression): number {
  return expression.kind === 'field' ? startOf(expression.base) : expression.at;
}

/** `array[1]`, `map['key']`, `row[1]`: an error where there is nothing, as in Trino. */
export function bindSubscript(expression: Expression & { kind: 'subscript' }, context: Context): Bound {
  const base = bindExpression(expression.base, context);
  const index = bindExpression(expression.index, context);
  const { at } = expression;
  switch (base.type.base) {
    case 'array':
      return combine([base, index], {
        sql: elementSql(base, coerce(index, types.BIGINT, context)),
        type: base.type.element,
        at,
      });
    case 'map': {
      const key = coerce(index, base.type.key, context);
      const sql = once([base.sql, key.sql], ([map, wanted]) =>
        raiseWhen(`NOT map_contains(${map}, ${wanted})`, 'Key not present in map', `${map}[${wanted}]`),
      );
      return combine([base, index], { sql, type: base.type.value, at });
    }
    case 'row': {
      const position = Number(index.constant ?? Number.NaN);
      const field = base.type.fields[position - 1];
      if (field === undefined)
        throw refuse(context, at, 'a row is indexed by a constant from 1 to the number of its fields');
      return combine([base], { sql: fieldSql(base.sql, field, position - 1), type: field.type, at });
    }
    default:
      throw refuse(context, at, `Cannot use ${typeText(index.type)} for subscript of ${typeText(base.type)}`);
  }
}

function elementSql(base: Bound, index: Bound): string {
  return once([base.sql, index.sql], ([list, at]) =>
    raiseWhen(
      `${at} = 0 OR ${at} < 0 OR ${at} > len(${list})`,
      'Array subscript must be between 1 and the size of the array',
      `${list}[${at}]`,
    ),
  );
}
