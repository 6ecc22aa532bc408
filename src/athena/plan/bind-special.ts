import type { Call } from '../sql/tree.ts';
import { isFloating } from '../types/coercion.ts';
import * as types from '../types/type.ts';
import { bindCase } from './bind-condition.ts';
import { bindExpression, bindTry, coerceAll } from './bind-expression.ts';
import { constantBound } from './bind-literal.ts';
import { comparisonSql } from './bind-operator.ts';
import { type Bound, combine, quoteText } from './bound.ts';
import { coerceSql } from './cast.ts';
import { type Context, refuse } from './context.ts';
import { once } from './once.ts';

/** Functions that no signature describes; undefined for all others. */
export function bindSpecial(call: Call, context: Context): Bound | undefined {
  const { at } = call;
  switch (call.name) {
    case 'if':
      return bindIf(call, context);
    case 'coalesce': {
      const { bounds, type } = bindAll(call, context, 2);
      return combine(bounds, { sql: `coalesce(${bounds.map((bound) => bound.sql).join(', ')})`, type, at });
    }
    case 'nullif':
      return bindNullIf(call, context);
    case 'greatest':
    case 'least':
      return bindExtreme(call, context);
    case 'try': {
      const [operand] = call.arguments;
      if (operand === undefined || call.arguments.length !== 1)
        throw refuse(context, at, "The 'try' function must have exactly one argument");
      return { ...bindTry(operand, context), at };
    }
    case 'typeof': {
      const { bounds, type } = bindAll(call, context, 1);
      const text = quoteText(types.typeText(type));
      const [operand] = bounds;
      // The value does not matter, but it is computed: an aggregate makes one row, an error stays one.
      const sql =
        operand === undefined || operand.loose.length + Number(operand.aggregate) === 0
          ? text
          : `CASE WHEN ${operand.sql} IS NULL THEN ${text} ELSE ${text} END`;
      return combine(bounds, { sql, type: types.VARCHAR, at });
    }
    case 'current_schema':
      return constantBound(quoteText(context.env.database), types.VARCHAR, at);
    case 'concat':
      return bindConcat(call, context);
    default:
      return undefined;
  }
}

function bindAll(call: Call, context: Context, least: number): { bounds: Bound[]; type: types.Type } {
  if (call.arguments.length < least)
    throw refuse(context, call.at, `The '${call.name}' function must have at least ${least} arguments`);
  const bound = call.arguments.map((argument) => bindExpression(argument, context));
  return coerceAll(bound, context, `All ${call.name.toUpperCase()} operands`);
}

function bindIf(call: Call, context: Context): Bound {
  const [when, result, otherwise] = call.arguments;
  if (when === undefined || result === undefined || call.arguments.length > 3) {
    throw refuse(context, call.at, "Invalid number of arguments for 'if' function");
  }
  return bindCase(
    {
      kind: 'case',
      whens: [{ when, result }],
      ...(otherwise === undefined ? {} : { otherwise }),
      at: call.at,
    },
    context,
  );
}

function bindNullIf(call: Call, context: Context): Bound {
  const [first, second] = call.arguments.map((argument) => bindExpression(argument, context));
  if (first === undefined || second === undefined || call.arguments.length !== 2) {
    throw refuse(context, call.at, "Invalid number of arguments for 'nullif' function");
  }
  const sql = once(
    [first.sql],
    ([value = ''], [other = '']) => {
      const equal = comparisonSql(
        { operator: '=', left: { ...first, sql: value }, right: { ...second, sql: other }, at: call.at },
        context,
      );
      return `CASE WHEN ${equal} THEN NULL ELSE ${value} END`;
    },
    [second.sql],
  );
  const typed = first.type.base === 'unknown' ? 'CAST(NULL AS INTEGER)' : sql;
  return combine([first, second], { sql: typed, type: first.type, at: call.at });
}

/** NULL when any of them is; DuckDB leaves NULL out. */
function bindExtreme(call: Call, context: Context): Bound {
  const { bounds, type } = bindAll(call, context, 1);
  const sql = once(
    bounds.map((bound) => bound.sql),
    (names) => {
      // NaN is left out too, as long as there is a number.
      const numbers = isFloating(type)
        ? names.map((name) => `CASE WHEN NOT isnan(${name}) THEN ${name} END`)
        : names;
      const plain = `${call.name}(${numbers.join(', ')})`;
      const extreme = isFloating(type) ? `coalesce(${plain}, ${names[0]})` : plain;
      return `CASE WHEN ${names.map((name) => `${name} IS NULL`).join(' OR ')} THEN NULL ELSE ${extreme} END`;
    },
  );
  return combine(bounds, { sql: type.base === 'unknown' ? 'CAST(NULL AS INTEGER)' : sql, type, at: call.at });
}

/** concat of bytes is bytes; of anything else the signatures decide. */
function bindConcat(call: Call, context: Context): Bound | undefined {
  if (call.name !== 'concat') return undefined;
  const bounds = call.arguments.map((argument) => bindExpression(argument, context));
  const [first, second] = bounds;
  if (first !== undefined && second !== undefined && bounds.length === 2) {
    // Trino takes a bare NULL beside a text for an array.
    if (
      [first, second].some(({ type }) => type.base === 'array') &&
      [first, second].some(({ type }) => type.base === 'unknown')
    )
      throw refuse(context, call.at, 'Could not choose a best candidate operator: cast the NULL to a type');
    const other = first.type.base === 'unknown' ? second : second.type.base === 'unknown' ? first : undefined;
    if (other?.type.base === 'varchar') {
      const type = types.array(other.type);
      return combine(bounds, { sql: `CAST(NULL AS ${types.duckdbType(type)})`, type, at: call.at });
    }
  }
  if (bounds.length < 2 || bounds.some((bound) => bound.type.base !== 'varbinary')) return undefined;
  const sql = `(${bounds.map((bound) => coerceSql(bound.sql, bound.type, types.VARBINARY)).join(' || ')})`;
  return combine(bounds, { sql, type: types.VARBINARY, at: call.at });
}
