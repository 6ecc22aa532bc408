import type { Cursor } from './cursor.ts';
import { parsePrimary } from './parse-primary.ts';
import { parseQuery, startsQuery } from './parse-query.ts';
import type { CompareOperator, Expression } from './tree.ts';

/** An expression of any kind, in Trino's order of precedence: OR, AND, NOT, predicate, ||, + -, * / %, sign, AT. */
export function parseExpression(cursor: Cursor): Expression {
  return cursor.nested(() => {
    const { at } = cursor;
    const terms = [parseAnd(cursor)];
    while (cursor.accept('OR')) terms.push(parseAnd(cursor));
    return terms.length === 1 ? (terms[0] as Expression) : { kind: 'logic', operator: 'OR', terms, at };
  });
}

function parseAnd(cursor: Cursor): Expression {
  const { at } = cursor;
  const terms = [parseNot(cursor)];
  while (cursor.accept('AND')) terms.push(parseNot(cursor));
  return terms.length === 1 ? (terms[0] as Expression) : { kind: 'logic', operator: 'AND', terms, at };
}

function parseNot(cursor: Cursor): Expression {
  const { at } = cursor;
  if (cursor.accept('NOT')) return cursor.nested(() => ({ kind: 'not', operand: parseNot(cursor), at }));
  return parsePredicate(cursor);
}

const COMPARE: Readonly<Record<string, CompareOperator>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

function parsePredicate(cursor: Cursor): Expression {
  const left = parseValue(cursor);
  const { at } = cursor;
  const operator = cursor.token.kind === 'symbol' ? COMPARE[cursor.token.text] : undefined;
  if (operator !== undefined) {
    cursor.next();
    return parseComparison(cursor, { left, operator, at });
  }
  if (cursor.accept('IS')) return parseIs(cursor, left, at);
  const negated = cursor.accept('NOT');
  if (cursor.accept('BETWEEN')) {
    const low = parseValue(cursor);
    cursor.expect('AND');
    return { kind: 'between', operand: left, low, high: parseValue(cursor), negated, at };
  }
  if (cursor.accept('IN')) return parseIn(cursor, { operand: left, negated, at });
  if (cursor.accept('LIKE')) {
    const pattern = parseValue(cursor);
    const escapedBy = cursor.accept('ESCAPE') ? parseValue(cursor) : undefined;
    return {
      kind: 'like',
      operand: left,
      pattern,
      ...(escapedBy === undefined ? {} : { escape: escapedBy }),
      negated,
      at,
    };
  }
  if (negated) throw cursor.unexpected('BETWEEN, IN or LIKE');
  return left;
}

function parseComparison(
  cursor: Cursor,
  so: { left: Expression; operator: CompareOperator; at: number },
): Expression {
  const quantifier = cursor.accept('ALL')
    ? 'ALL'
    : cursor.accept('ANY') || cursor.accept('SOME')
      ? 'ANY'
      : undefined;
  if (quantifier === undefined) return { kind: 'compare', ...so, right: parseValue(cursor) };
  return { kind: 'quantified', ...so, quantifier, query: cursor.parenthesised(() => parseQuery(cursor)) };
}

function parseIs(cursor: Cursor, left: Expression, at: number): Expression {
  const negated = cursor.accept('NOT');
  if (cursor.accept('NULL')) return { kind: 'isNull', operand: left, negated, at };
  cursor.expect('DISTINCT', 'FROM');
  return { kind: 'isDistinct', left, right: parseValue(cursor), negated, at };
}

function parseIn(cursor: Cursor, so: { operand: Expression; negated: boolean; at: number }): Expression {
  return cursor.parenthesised((): Expression => {
    if (startsQuery(cursor)) return { kind: 'inQuery', ...so, query: parseQuery(cursor) };
    return { kind: 'inList', ...so, items: cursor.list(() => parseExpression(cursor)) };
  });
}

/** What stands on one side of a comparison. */
export function parseValue(cursor: Cursor): Expression {
  return parseBinary(cursor, 0);
}

const LEVELS = [['||'], ['+', '-'], ['*', '/', '%']] as const;

function parseBinary(cursor: Cursor, level: number): Expression {
  const operators = LEVELS[level];
  if (operators === undefined) return parseSigned(cursor);
  let left = parseBinary(cursor, level + 1);
  for (;;) {
    const { at } = cursor;
    const operator = operators.find((symbol) => cursor.accept(symbol));
    if (operator === undefined) return left;
    left = { kind: 'arithmetic', operator, left, right: parseBinary(cursor, level + 1), at };
  }
}

function parseSigned(cursor: Cursor): Expression {
  const { at } = cursor;
  const sign = cursor.accept('-') ? '-' : cursor.accept('+') ? '+' : undefined;
  if (sign !== undefined) {
    return cursor.nested(() => ({ kind: 'negate', sign, operand: parseSigned(cursor), at }));
  }
  let value = parsePrimary(cursor);
  while (cursor.is('AT') && cursor.is('TIME', 1)) {
    const place = cursor.at;
    cursor.expect('AT', 'TIME', 'ZONE');
    value = { kind: 'atTimeZone', operand: value, zone: parsePrimary(cursor), at: place };
  }
  return value;
}
