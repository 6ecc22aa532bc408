import { parseSqlPath } from '../json/sql-path.ts';
import type { Expression, JsonFallback, JsonPathCall, JsonPiece } from '../sql/tree.ts';
import { isWhole } from '../types/coercion.ts';
import * as types from '../types/type.ts';
import { bindExpression, coerce } from './bind-expression.ts';
import { constantBound } from './bind-literal.ts';
import { type Bound, combine, quoteText, raiseWhen } from './bound.ts';
import { textOf } from './cast.ts';
import { jsonText } from './cast-json.ts';
import { type Context, notSupported, refuse } from './context.ts';
import { once } from './once.ts';

/** SQL's own JSON functions: json_value, json_query, json_exists, json_object, json_array. They take and give texts. */
export function bindJsonPath(call: JsonPathCall, context: Context): Bound {
  const { at, name, path } = call;
  if (parseSqlPath(path) === undefined) throw notSupported(context, call.pathAt, `the JSON path '${path}'`);
  const input = bindExpression(call.input, context);
  if (input.type.base === 'json')
    throw refuse(context, input.at, 'Cannot read input of type json as JSON using formatting JSON');
  if (input.type.base !== 'varchar' && input.type.base !== 'unknown')
    throw notSupported(context, input.at, `${name} of ${types.typeText(input.type)}`);
  const text = input.type.base === 'varchar' ? input.sql : `CAST(${input.sql} AS VARCHAR)`;
  if (call.wrapper === 'always' && call.quotes !== undefined)
    throw refuse(
      context,
      at,
      `${call.quotes} QUOTES behavior specified with WITH UNCONDITIONAL ARRAY WRAPPER behavior`,
    );
  const type = name === 'json_exists' ? types.BOOLEAN : (call.returning ?? types.VARCHAR);
  checkReturning(call, type, context);
  const fallbacks = [call.onEmpty, call.onError].map((fallback) => bindFallback(fallback, type, context));
  const parameters = name === 'json_query' ? `, '${call.wrapper}', ${call.quotes === 'OMIT'}` : '';
  const kind = name === 'json_value' ? `, '${type.base}'` : parameters;
  const found = `dp_${name.replace('json_', 'json_path_')}(${text}, ${quoteText(path)}${kind})`;
  const sql = once(
    [found],
    ([answer = ''], [empty = '', error = '']) => {
      const value = valueSql(`substr(${answer}, 2)`, type);
      const chosen = `CASE left(${answer}, 1) WHEN 'v' THEN ${value} WHEN 'm' THEN ${empty} WHEN 'e' THEN ${error} END`;
      return raisingAt({ answer, call, chosen });
    },
    fallbacks.map((fallback) => fallback.sql),
  );
  return combine([input, ...fallbacks], { sql, type, at });
}

/** `m` is nothing found, `e` an error. */
function raisingAt({ answer, call, chosen }: { answer: string; call: JsonPathCall; chosen: string }): string {
  const raised = [
    ...(call.onEmpty.kind === 'error' ? [`left(${answer}, 1) = 'm'`] : []),
    ...(call.onError.kind === 'error' ? [`left(${answer}, 1) = 'e'`] : []),
  ];
  if (raised.length === 0) return chosen;
  return raiseWhen(raised.join(' OR '), `cannot extract a value with the JSON path '${call.path}'`, chosen);
}

function valueSql(text: string, type: types.Type): string {
  if (type.base === 'varchar') return type.length === undefined ? text : `left(${text}, ${type.length})`;
  return type.base === 'double'
    ? `dp_text_double(${text})`
    : `${type.base === 'decimal' ? 'TRY_CAST' : 'CAST'}(${text} AS ${types.duckdbType(type)})`;
}

function checkReturning(call: JsonPathCall, type: types.Type, context: Context): void {
  const isText = type.base === 'varchar' && (type.length === undefined || call.name === 'json_value');
  const isNumber = isWhole(type) || type.base === 'double';
  // A decimal that has no room for the value is an error, which is not told apart here.
  const isExact = type.base === 'decimal' && call.onError.kind === 'null';
  if (isText || (call.name !== 'json_query' && (isNumber || isExact || type.base === 'boolean'))) return;
  throw notSupported(context, call.at, `${call.name} RETURNING ${types.typeText(type)}`);
}

function bindFallback(fallback: JsonFallback, type: types.Type, context: Context): Bound {
  switch (fallback.kind) {
    case 'default':
      return coerce(bindExpression(fallback.value, context), type, context);
    case 'true':
    case 'false':
      return constantBound(fallback.kind, types.BOOLEAN, 0);
    case 'array':
    case 'object':
      return constantBound(fallback.kind === 'array' ? "'[]'" : "'{}'", types.VARCHAR, 0);
    default:
      return constantBound(`CAST(NULL AS ${types.duckdbType(type)})`, type, 0);
  }
}

export function bindJsonObject(expression: Expression & { kind: 'jsonObject' }, context: Context): Bound {
  const { at, members, keepsNull } = expression;
  const keys = members.map(({ key }) => {
    const bound = bindExpression(key, context);
    if (bound.type.base !== 'varchar')
      throw refuse(context, key.at, `a key of json_object is a text, not ${types.typeText(bound.type)}`);
    return bound;
  });
  checkKeys(keys, context);
  const pieces = members.map((member) => bindPiece(member, context));
  const order = hashOrder(keys.map((key) => key.constant ?? ''));
  const parts = order.map((index) => {
    const { sql } = pieces[index] ?? { sql: 'NULL' };
    const label = `CAST(to_json(${keys[index]?.sql}) AS VARCHAR) || ':'`;
    return keepsNull ? `${label} || coalesce(${sql}, 'null')` : `${label} || ${sql}`;
  });
  return made(expression, { parts, brackets: '{}', bounds: [...keys, ...pieces] }, context, at);
}

/** Places of the keys in the order in which Java's HashMap, which Trino keeps them in, gives them. */
function hashOrder(keys: readonly string[]): number[] {
  let capacity = 16;
  while (keys.length > capacity * 0.75) capacity *= 2;
  const bucketOf = (key: string): number => {
    let hash = 0;
    for (let index = 0; index < key.length; index++) hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
    return (hash ^ (hash >>> 16)) & (capacity - 1);
  };
  const buckets = keys.map(bucketOf);
  return keys.map((_, index) => index).sort((one, other) => (buckets[one] ?? 0) - (buckets[other] ?? 0));
}

function checkKeys(keys: readonly Bound[], context: Context): void {
  for (const [index, key] of keys.entries()) {
    if (key.constant === undefined && keys.length > 1)
      throw notSupported(context, key.at, 'json_object with several keys that are not constants');
    if (keys.slice(0, index).some((other) => other.constant === key.constant))
      throw refuse(context, key.at, 'cannot construct a JSON object with duplicate key');
  }
}

export function bindJsonArray(expression: Expression & { kind: 'jsonArray' }, context: Context): Bound {
  const pieces = expression.items.map((item) => bindPiece(item, context));
  const parts = pieces.map(({ sql }) => (expression.keepsNull ? `coalesce(${sql}, 'null')` : sql));
  return made(expression, { parts, brackets: '[]', bounds: pieces }, context, expression.at);
}

function made(
  expression: Expression & { kind: 'jsonObject' | 'jsonArray' },
  of: { parts: readonly string[]; brackets: string; bounds: readonly Bound[] },
  context: Context,
  at: number,
): Bound {
  const { returning = types.VARCHAR } = expression;
  if (returning.base !== 'varchar' || returning.length !== undefined)
    throw notSupported(context, at, `JSON RETURNING ${types.typeText(returning)}`);
  const [open = '', close = ''] = of.brackets;
  const inner = of.parts.length === 0 ? "''" : `concat_ws(',', ${of.parts.join(', ')})`;
  return combine(of.bounds, { sql: `('${open}' || ${inner} || '${close}')`, type: types.VARCHAR, at });
}

const GIVING_JSON: readonly string[] = ['jsonObject', 'jsonArray'];

/** A value as JSON's text, NULL where it is NULL. */
function bindPiece(piece: JsonPiece, context: Context): Bound {
  const bound = bindExpression(piece.value, context);
  const { kind } = piece.value;
  const givesJson = GIVING_JSON.includes(kind) || (kind === 'jsonPath' && piece.value.name === 'json_query');
  if (bound.type.base === 'unknown') return { ...bound, sql: 'CAST(NULL AS VARCHAR)' };
  if (piece.isJson || givesJson) {
    if (bound.type.base !== 'varchar')
      throw notSupported(context, bound.at, `${types.typeText(bound.type)} FORMAT JSON`);
    return { ...bound, sql: `dp_json_text(${bound.sql})` };
  }
  const sql = pieceSql(bound);
  if (sql === undefined) throw notSupported(context, bound.at, `${types.typeText(bound.type)} put into JSON`);
  return { ...bound, sql };
}

const QUOTED: readonly string[] = [
  'date',
  'timestamp',
  'timestamp with time zone',
  'time',
  'uuid',
  'interval day to second',
  'interval year to month',
];
/** Types without a text of their own in JSON. */
const NOT_PUT: readonly string[] = ['array', 'map', 'row', 'json'];

function pieceSql({ sql, type }: Bound): string | undefined {
  if (QUOTED.includes(type.base)) {
    const text = textOf(sql, type);
    return text === undefined ? undefined : `('"' || ${text} || '"')`;
  }
  return NOT_PUT.includes(type.base) ? undefined : jsonText(sql, type);
}
