import { FUNCTIONS } from '../functions/functions.ts';
import type { Expression } from '../sql/tree.ts';
import { canCoerce, commonSuperType, isNumeric } from '../types/coercion.ts';
import * as types from '../types/type.ts';
import { bindCall } from './bind-call.ts';
import { bindCase, bindIn, bindInQuery, bindLike, bindQuantified, bindSubquery } from './bind-condition.ts';
import { bindJsonArray, bindJsonObject, bindJsonPath } from './bind-json.ts';
import { bindLiteral, zonedText } from './bind-literal.ts';
import { bindField, bindName, bindSubscript } from './bind-name.ts';
import {
  bindArithmetic,
  bindAtTimeZone,
  bindBetween,
  bindComparison,
  bindDistinctFrom,
} from './bind-operator.ts';
import { type Bound, combine, RAISED } from './bound.ts';
import { castSql, coerceSql } from './cast.ts';
import { type Context, notSupported, refuse, sameNames } from './context.ts';
import { apart } from './once.ts';

/** Resolves an expression's names, finds its type, and makes its SQL. Throws a Failure where Trino would refuse it. */
export function bindExpression(expression: Expression, context: Context): Bound {
  const { apart: outside, ...own } = context;
  if (outside !== undefined && standsApart(expression)) {
    const bound = bindExpression(expression, own);
    return { ...bound, sql: `${TRIED}[${outside.fields.push(bound.sql)}]` };
  }
  const bound = bindKind(expression, context);
  if (bound.loose.length === 0 || context.keys.size === 0) return bound;
  const key = context.keys.get(sameNames(bound.sql));
  return key === undefined ? bound : { ...bound, sql: key, loose: [] };
}

/** The row, in a lambda around TRY, of what is computed outside it. */
const TRIED = 'tried';

/** What DuckDB's TRY cannot hold. Trino computes these outside TRY as well: an error in them is not caught. */
function standsApart(expression: Expression): boolean {
  switch (expression.kind) {
    case 'subquery':
    case 'exists':
    case 'inQuery':
    case 'quantified':
      return true;
    case 'call': {
      const overload = FUNCTIONS.get(expression.name)?.[0];
      return expression.over !== undefined || overload?.volatile === true || overload?.kind === 'aggregate';
    }
    default:
      return false;
  }
}

/** TRY of an expression: NULL where it fails. */
export function bindTry(expression: Expression, context: Context): Bound {
  const outside = context.apart ?? { fields: [] };
  const bound = bindExpression(expression, { ...context, apart: outside });
  // What local cannot answer must not become NULL.
  const refused = new RegExp(`'${RAISED}(not supported in local: [^']*)'`).exec(bound.sql)?.[1];
  if (refused !== undefined)
    throw notSupported(
      context,
      expression.at,
      refused.replace('not supported in local', 'TRY where local may refuse'),
    );
  const tried = `TRY(${bound.sql})`;
  if (context.apart !== undefined || outside.fields.length === 0) return { ...bound, sql: tried };
  const row = `row(${outside.fields.join(', ')})`;
  return { ...bound, sql: `list_transform([${row}], lambda ${TRIED}: ${tried})[1]` };
}

function bindKind(expression: Expression, context: Context): Bound {
  switch (expression.kind) {
    case 'name':
      return bindName(expression, context);
    case 'field':
      return bindField(expression, context);
    case 'subscript':
      return bindSubscript(expression, context);
    case 'call':
      return bindCall(expression, context);
    case 'arithmetic':
      return bindArithmetic(expression, context);
    case 'negate':
      return bindNegate(expression, context);
    case 'compare':
      return bindComparison(expression, context);
    case 'isDistinct':
      return bindDistinctFrom(expression, context);
    case 'between':
      return bindBetween(expression, context);
    case 'inList':
      return bindIn(expression, context);
    case 'inQuery':
      return bindInQuery(expression, context);
    case 'quantified':
      return bindQuantified(expression, context);
    case 'like':
      return bindLike(expression, context);
    case 'case':
      return bindCase(expression, context);
    case 'exists':
    case 'subquery':
      return bindSubquery(expression, context);
    case 'cast':
      return bindCast(expression, context);
    case 'jsonPath':
      return bindJsonPath(expression, context);
    case 'jsonObject':
      return bindJsonObject(expression, context);
    case 'jsonArray':
      return bindJsonArray(expression, context);
    case 'extract':
      return bindCall(
        {
          kind: 'call',
          name: extractName(expression.part),
          arguments: [expression.operand],
          star: false,
          distinct: false,
          orderBy: [],
          at: expression.at,
        },
        context,
      );
    case 'atTimeZone':
      return bindAtTimeZone(expression, context);
    case 'parameter':
      return bindParameter(expression.position, expression.at, context);
    case 'lambda':
      throw refuse(context, expression.at, 'Lambda expression should always be used inside a function');
    default:
      return bindComposite(expression, context);
  }
}

function bindComposite(expression: Expression, context: Context): Bound {
  const { at } = expression;
  switch (expression.kind) {
    case 'logic': {
      const terms = expression.terms.map((term) => bindBoolean(term, context));
      return combine(terms, {
        sql: `(${terms.map((term) => term.sql).join(` ${expression.operator} `)})`,
        type: types.BOOLEAN,
        at,
      });
    }
    case 'not': {
      const operand = bindBoolean(expression.operand, context);
      return combine([operand], { sql: `(NOT ${operand.sql})`, type: types.BOOLEAN, at });
    }
    case 'isNull': {
      const operand = bindExpression(expression.operand, context);
      return combine([operand], {
        sql: `(${operand.sql} IS ${expression.negated ? 'NOT ' : ''}NULL)`,
        type: types.BOOLEAN,
        at,
      });
    }
    case 'array':
      return bindArray(expression.items, at, context);
    case 'row':
      return bindRow(expression.items, at, context);
    default:
      return bindLiteral(expression, context);
  }
}

const EXTRACTS: Readonly<Record<string, string>> = {
  day_of_month: 'day',
  week_of_year: 'week',
  year_of_week: 'year_of_week',
};

function extractName(part: string): string {
  return EXTRACTS[part] ?? part;
}

/** A condition. */
export function bindBoolean(expression: Expression, context: Context, clause?: string): Bound {
  const bound = bindExpression(expression, context);
  if (bound.type.base === 'boolean' || bound.type.base === 'unknown')
    return coerce(bound, types.BOOLEAN, context);
  const what = clause ?? 'A logical expression';
  throw refuse(
    context,
    expression.at,
    `${what} must evaluate to a boolean: actual type ${types.typeText(bound.type)}`,
  );
}

/** The value in the type it is to have, or a Failure when Trino would not turn it into that by itself. */
export function coerce(bound: Bound, to: types.Type, context: Context): Bound {
  if (types.sameType(bound.type, to)) return bound;
  if (!canCoerce(bound.type, to)) {
    throw refuse(context, bound.at, `expected ${types.typeText(to)}, found ${types.typeText(bound.type)}`);
  }
  return { ...bound, sql: coerceSql(bound.sql, bound.type, to), type: to };
}

/** All values in their narrowest common type. */
export function coerceAll(
  bounds: readonly Bound[],
  context: Context,
  what: string,
): { bounds: Bound[]; type: types.Type } {
  let type: types.Type = types.UNKNOWN;
  for (const bound of bounds) {
    const common = commonSuperType(type, bound.type);
    if (common === undefined) {
      throw refuse(
        context,
        bound.at,
        `${what} must be the same type or coercible to a common type: cannot find one of ${types.typeText(type)} and ${types.typeText(bound.type)}`,
      );
    }
    type = common;
  }
  return { bounds: bounds.map((bound) => coerce(bound, type, context)), type };
}

/** The sign belongs to the number: -2147483648 is an integer, though 2147483648 is none. */
function asNegative(expression: Expression & { kind: 'negate' }): Expression | undefined {
  const { operand, sign, at } = expression;
  if (sign !== '-' || operand.kind !== 'number' || operand.form !== 'integer') return undefined;
  return { ...operand, text: `-${operand.text}`, at };
}

function bindNegate(expression: Expression & { kind: 'negate' }, context: Context): Bound {
  const negative = asNegative(expression);
  if (negative !== undefined) return bindLiteral(negative, context);
  const operand = bindExpression(expression.operand, context);
  const { at } = expression;
  const isInterval = operand.type.base.startsWith('interval');
  const refused = expression.sign === '+' && operand.type.base === 'decimal';
  if ((!isNumeric(operand.type) && !isInterval) || refused) {
    throw refuse(context, at, `Cannot negate ${types.typeText(operand.type)}`);
  }
  const constant =
    operand.constant === undefined || expression.sign === '+' ? operand.constant : `-${operand.constant}`;
  return combine([operand], {
    sql: expression.sign === '-' ? `(-${operand.sql})` : operand.sql,
    type: operand.type,
    at,
    ...(constant === undefined ? {} : { constant }),
  });
}

function bindCast(expression: Expression & { kind: 'cast' }, context: Context): Bound {
  const operand = bindExpression(expression.operand, context);
  const type = withZone(expression.type, operand.type);
  if (type.base === 'timestamp with time zone' && operand.constant !== undefined) {
    const zoned = zonedText(operand.constant, type.precision);
    if (zoned !== undefined && operand.type.base === 'varchar') return { ...zoned, at: expression.at };
  }
  const sql = castSql(operand.sql, operand.type, type);
  if (sql === undefined) {
    const pair = `${types.typeText(operand.type)} to ${types.typeText(type)}`;
    throw notSupported(context, expression.at, `the cast of ${pair}, if Athena has it`);
  }
  if (!expression.safe || sql === operand.sql) return combine([operand], { sql, type, at: expression.at });
  // Only the cast itself may fail: an error in what is cast stays one.
  const tried = apart(
    [operand.sql],
    ([value = '']) => `TRY(${castSql(value, operand.type, type) ?? 'NULL'})`,
  );
  return combine([operand], { sql: tried, type, at: expression.at });
}

/** A timestamp keeps its zone when only its precision is cast. */
function withZone(to: types.Type, from: types.Type): types.Type {
  if (to.base !== 'timestamp with time zone' || from.base !== 'timestamp with time zone') return to;
  return types.timestampWithZone(to.precision, from.zone);
}

function bindParameter(position: number, at: number, context: Context): Bound {
  const value = context.env.parameters[position];
  if (value === undefined)
    throw refuse(context, at, `Incorrect number of parameters: no value for the ? number ${position + 1}`);
  return { ...value, at };
}

function bindArray(items: readonly Expression[], at: number, context: Context): Bound {
  const bound = items.map((item) => bindExpression(item, context));
  const { bounds, type } = coerceAll(bound, context, 'All ARRAY elements');
  const list = `[${bounds.map((item) => item.sql).join(', ')}]`;
  const sql = items.length === 0 || type.base === 'unknown' ? `CAST(${list} AS INTEGER[])` : list;
  return combine(bounds, { sql, type: types.array(type), at });
}

function bindRow(items: readonly Expression[], at: number, context: Context): Bound {
  const bound = items.map((item) => bindExpression(item, context));
  const fields = bound.map((item) => ({ type: item.type }));
  const sql = `struct_pack(${bound.map((item, index) => `field${index} := ${item.sql}`).join(', ')})`;
  return combine(bound, { sql, type: { base: 'row', fields }, at });
}
