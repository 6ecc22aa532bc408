import type { Type } from '../types/type.ts';
import type { Cursor } from './cursor.ts';
import { parseCall, parseSpecialCall } from './parse-call.ts';
import { parseExpression } from './parse-expression.ts';
import { parseQuery, startsQuery } from './parse-query.ts';
import { parseType } from './parse-type.ts';
import type { Expression, Query } from './tree.ts';

/** An expression that needs no operator, with the fields and subscripts that follow it. */
export function parsePrimary(cursor: Cursor): Expression {
  let value = cursor.nested(() => parseStart(cursor));
  for (;;) {
    const { at } = cursor;
    // `row.*` is read by SELECT.
    if (cursor.areNext('.', '*')) return value;
    if (cursor.accept('.')) value = { kind: 'field', base: value, field: cursor.expectName(), at };
    else if (cursor.accept('[')) {
      value = { kind: 'subscript', base: value, index: parseValueIndex(cursor), at };
      cursor.expect(']');
    } else return value;
  }
}

function parseValueIndex(cursor: Cursor): Expression {
  return parseExpression(cursor);
}

function parseStart(cursor: Cursor): Expression {
  const { token, at } = cursor;
  switch (token.kind) {
    case 'string':
      cursor.next();
      return { kind: 'string', value: token.text, at };
    case 'binary':
      cursor.next();
      return { kind: 'binary', hex: token.text.replaceAll(/\s/g, ''), at };
    case 'integer':
    case 'decimal':
    case 'double':
      cursor.next();
      return { kind: 'number', form: token.kind, text: token.text, at };
    case 'symbol':
      return parseSymbol(cursor);
    default:
      return parseWord(cursor);
  }
}

function parseSymbol(cursor: Cursor): Expression {
  const { at } = cursor;
  if (cursor.accept('?')) {
    cursor.parameters += 1;
    return { kind: 'parameter', position: cursor.parameters - 1, at };
  }
  if (!cursor.accept('(')) throw cursor.unexpected('an expression');
  const lambda = parseLambdaAfterBracket(cursor, at);
  if (lambda !== undefined) return lambda;
  const query = startsQuery(cursor) ? parseWholeQuery(cursor) : undefined;
  if (query !== undefined) return { kind: 'subquery', query, at };
  const items = cursor.list(() => parseExpression(cursor));
  cursor.expect(')');
  return items.length === 1 ? (items[0] as Expression) : { kind: 'row', items, at };
}

/** A query up to the closing bracket; undefined, with nothing read, where it only begins an expression: `(SELECT 1) + 1)`. */
function parseWholeQuery(cursor: Cursor): Query | undefined {
  const isNested = cursor.is('(');
  const mark = cursor.mark();
  const parameters = cursor.parameters;
  try {
    const query = parseQuery(cursor);
    cursor.expect(')');
    return query;
  } catch (error) {
    if (!isNested) throw error;
    cursor.back(mark);
    cursor.parameters = parameters;
    return undefined;
  }
}

/** `(x, y) -> …`, when the opening bracket has been read. */
function parseLambdaAfterBracket(cursor: Cursor, at: number): Expression | undefined {
  const mark = cursor.mark();
  const names = [];
  if (!cursor.is(')')) {
    do {
      if (!cursor.isName()) {
        cursor.back(mark);
        return undefined;
      }
      names.push(cursor.expectName());
    } while (cursor.accept(','));
  }
  if (!cursor.accept(')', '->')) {
    cursor.back(mark);
    return undefined;
  }
  return { kind: 'lambda', parameters: names, body: parseExpression(cursor), at };
}

function parseWord(cursor: Cursor): Expression {
  const { at } = cursor;
  if (cursor.accept('NULL')) return { kind: 'null', at };
  if (cursor.accept('TRUE')) return { kind: 'boolean', value: true, at };
  if (cursor.accept('FALSE')) return { kind: 'boolean', value: false, at };
  if (cursor.accept('CASE')) return parseCase(cursor, at);
  if (cursor.areNext('CAST', '(') || cursor.areNext('TRY_CAST', '(')) return parseCast(cursor);
  if (cursor.accept('EXISTS')) {
    return { kind: 'exists', query: cursor.parenthesised(() => parseQuery(cursor)), at };
  }
  if (cursor.areNext('ROW', '(')) return parseRow(cursor);
  if (cursor.areNext('ARRAY', '[')) return parseArray(cursor);
  if (
    cursor.is('INTERVAL') &&
    (cursor.look(1).kind === 'string' || ['+', '-'].includes(cursor.look(1).text))
  ) {
    return parseInterval(cursor);
  }
  return parseSpecialCall(cursor) ?? parseTypedLiteral(cursor) ?? parseNamed(cursor);
}

function parseNamed(cursor: Cursor): Expression {
  const { at } = cursor;
  if (cursor.isName() && cursor.is('->', 1)) {
    const parameter = cursor.expectName();
    cursor.expect('->');
    return { kind: 'lambda', parameters: [parameter], body: parseExpression(cursor), at };
  }
  if (cursor.isName() && cursor.is('(', 1)) return parseCall(cursor, cursor.expectName());
  if (!cursor.isName()) throw cursor.unexpected('an expression');
  return { kind: 'name', name: cursor.expectName(), at };
}

function parseCase(cursor: Cursor, at: number): Expression {
  const operand = cursor.is('WHEN') ? undefined : parseExpression(cursor);
  const whens = [];
  while (cursor.accept('WHEN')) {
    const when = parseExpression(cursor);
    cursor.expect('THEN');
    whens.push({ when, result: parseExpression(cursor) });
  }
  if (whens.length === 0) throw cursor.unexpected("'WHEN'");
  const otherwise = cursor.accept('ELSE') ? parseExpression(cursor) : undefined;
  cursor.expect('END');
  return {
    kind: 'case',
    ...(operand === undefined ? {} : { operand }),
    whens,
    ...(otherwise === undefined ? {} : { otherwise }),
    at,
  };
}

function parseCast(cursor: Cursor): Expression {
  const { at } = cursor;
  const safe = cursor.next().text === 'TRY_CAST';
  return cursor.parenthesised(() => {
    const operand = parseExpression(cursor);
    cursor.expect('AS');
    return { kind: 'cast', operand, type: parseType(cursor), safe, at };
  });
}

function parseRow(cursor: Cursor): Expression {
  const { at } = cursor;
  cursor.expect('ROW');
  const items = cursor.parenthesised(() => cursor.list(() => parseExpression(cursor)));
  return { kind: 'row', items, at };
}

function parseArray(cursor: Cursor): Expression {
  const { at } = cursor;
  cursor.expect('ARRAY', '[');
  const items = cursor.is(']') ? [] : cursor.list(() => parseExpression(cursor));
  cursor.expect(']');
  return { kind: 'array', items, at };
}

const INTERVAL_UNITS: readonly string[] = ['YEAR', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];

function parseInterval(cursor: Cursor): Expression {
  const { at } = cursor;
  cursor.expect('INTERVAL');
  const negative = cursor.accept('-');
  if (!negative) cursor.accept('+');
  const value = cursor.expectString();
  const unit = intervalUnit(cursor);
  const to = cursor.accept('TO') ? intervalUnit(cursor) : undefined;
  return { kind: 'interval', value, unit, ...(to === undefined ? {} : { to }), negative, at };
}

function intervalUnit(cursor: Cursor): string {
  const unit = INTERVAL_UNITS.find((word) => cursor.accept(word));
  if (unit === undefined) throw cursor.unexpected('YEAR, MONTH, WEEK, DAY, HOUR, MINUTE or SECOND');
  return unit;
}

/** `DATE '2024-01-01'`, `DECIMAL '1.10'`: a type's word and a string. */
function parseTypedLiteral(cursor: Cursor): Expression | undefined {
  const { at } = cursor;
  const isDouble = cursor.areNext('DOUBLE', 'PRECISION');
  if (!cursor.isName() || cursor.look(isDouble ? 2 : 1).kind !== 'string') return undefined;
  const type: Type = parseType(cursor);
  return { kind: 'typed', type, value: cursor.expectString(), at };
}
