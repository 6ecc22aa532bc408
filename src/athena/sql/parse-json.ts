import { notSupportedFailure } from '../errors.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { parseType } from './parse-type.ts';
import type { Expression, JsonFallback, JsonPathCall, JsonPiece } from './tree.ts';

/** SQL's own JSON functions, which have a grammar each; undefined when none stands at the cursor. */
export function parseJsonCall(cursor: Cursor): Expression | undefined {
  const { at } = cursor;
  if (cursor.accept('JSON_OBJECT', '(')) return parseObject(cursor, at);
  if (cursor.accept('JSON_ARRAY', '(')) return parseArray(cursor, at);
  for (const name of ['json_value', 'json_query', 'json_exists'] as const) {
    if (cursor.accept(name.toUpperCase(), '(')) return parsePathCall(cursor, name, at);
  }
  if (cursor.is('JSON_TABLE')) throw notSupportedFailure(cursor.sql, at, 'the function json_table');
  return undefined;
}

/** A value, and whether it is JSON's text rather than a text. */
function parsePiece(cursor: Cursor): JsonPiece {
  const value = parseExpression(cursor);
  const isJson = cursor.accept('FORMAT', 'JSON');
  if (isJson && cursor.is('ENCODING'))
    throw notSupportedFailure(cursor.sql, cursor.at, 'an encoding of JSON');
  return { value, isJson };
}

function parseObject(cursor: Cursor, at: number): Expression {
  const isEmpty = cursor.is(')') || startsOption(cursor);
  const members = isEmpty
    ? []
    : cursor.list(() => {
        if (cursor.is('KEY') && !cursor.is(':', 1) && !cursor.is('VALUE', 1)) cursor.expect('KEY');
        const key = parseExpression(cursor);
        if (!cursor.accept('VALUE')) cursor.expect(':');
        return { key, ...parsePiece(cursor) };
      });
  const keepsNull = parseOnNull(cursor) ?? true;
  const unique = cursor.accept('WITH', 'UNIQUE');
  if (unique || cursor.accept('WITHOUT', 'UNIQUE')) cursor.accept('KEYS');
  return { kind: 'jsonObject', members, keepsNull, unique, ...parseReturning(cursor), at };
}

function parseArray(cursor: Cursor, at: number): Expression {
  const isEmpty = cursor.is(')') || startsOption(cursor);
  const items = isEmpty ? [] : cursor.list(() => parsePiece(cursor));
  const keepsNull = parseOnNull(cursor) ?? false;
  return { kind: 'jsonArray', items, keepsNull, ...parseReturning(cursor), at };
}

function startsOption(cursor: Cursor): boolean {
  return cursor.is('RETURNING') || (cursor.is('ON', 1) && (cursor.is('NULL') || cursor.is('ABSENT')));
}

function parseOnNull(cursor: Cursor): boolean | undefined {
  if (cursor.accept('NULL', 'ON', 'NULL')) return true;
  return cursor.accept('ABSENT', 'ON', 'NULL') ? false : undefined;
}

/** `RETURNING varchar(100)`, and the closing bracket. */
function parseReturning(cursor: Cursor): Pick<JsonPathCall, 'returning'> {
  const returning = cursor.accept('RETURNING') ? { returning: parseType(cursor) } : {};
  if (cursor.accept('FORMAT', 'JSON') && cursor.is('ENCODING'))
    throw notSupportedFailure(cursor.sql, cursor.at, 'an encoding of JSON');
  cursor.expect(')');
  return returning;
}

function parsePathCall(cursor: Cursor, name: JsonPathCall['name'], at: number): Expression {
  const input = parsePiece(cursor);
  cursor.expect(',');
  const pathAt = cursor.at;
  const path = cursor.expectString();
  if (cursor.is('PASSING'))
    throw notSupportedFailure(cursor.sql, cursor.at, 'values passed into a JSON path');
  const returning = cursor.accept('RETURNING') ? { returning: parseType(cursor) } : {};
  cursor.accept('FORMAT', 'JSON');
  const wrapper = name === 'json_query' ? parseWrapper(cursor) : 'none';
  const quotes = name === 'json_query' ? parseQuotes(cursor) : undefined;
  const whenEmpty: JsonFallback = { kind: 'null' };
  let [onEmpty, onError]: JsonFallback[] = [
    whenEmpty,
    name === 'json_exists' ? { kind: 'false' } : { kind: 'null' },
  ];
  while (!cursor.is(')')) {
    const fallback = parseFallback(cursor);
    cursor.expect('ON');
    if (cursor.accept('EMPTY')) onEmpty = fallback;
    else {
      cursor.expect('ERROR');
      onError = fallback;
      break;
    }
  }
  cursor.expect(')');
  return {
    kind: 'jsonPath',
    name,
    input: input.value,
    path,
    pathAt,
    ...returning,
    wrapper,
    ...(quotes === undefined ? {} : { quotes }),
    onEmpty: onEmpty ?? whenEmpty,
    onError: onError ?? whenEmpty,
    at,
  };
}

function parseWrapper(cursor: Cursor): JsonPathCall['wrapper'] {
  if (cursor.accept('WITHOUT')) {
    cursor.accept('ARRAY');
    cursor.expect('WRAPPER');
    return 'none';
  }
  if (!cursor.accept('WITH')) return 'none';
  const isConditional = cursor.accept('CONDITIONAL');
  if (!isConditional) cursor.accept('UNCONDITIONAL');
  cursor.accept('ARRAY');
  cursor.expect('WRAPPER');
  return isConditional ? 'conditional' : 'always';
}

function parseQuotes(cursor: Cursor): JsonPathCall['quotes'] {
  const quotes = (['OMIT', 'KEEP'] as const).find((word) => cursor.accept(word));
  if (quotes === undefined) return undefined;
  cursor.expect('QUOTES');
  if (cursor.accept('ON')) cursor.expect('SCALAR', 'STRING');
  return quotes;
}

function parseFallback(cursor: Cursor): JsonFallback {
  for (const [words, kind] of [
    [['NULL'], 'null'],
    [['ERROR'], 'error'],
    [['TRUE'], 'true'],
    [['FALSE'], 'false'],
    [['UNKNOWN'], 'null'],
    [['EMPTY', 'ARRAY'], 'array'],
    [['EMPTY', 'OBJECT'], 'object'],
  ] as const) {
    if (cursor.accept(...words)) return { kind };
  }
  cursor.expect('DEFAULT');
  return { kind: 'default', value: parseExpression(cursor) };
}
