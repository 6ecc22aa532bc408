import { notSupportedFailure } from '../errors.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { parseNames, parseQuery, refuseMatchRecognize, startsQuery, startsRowLimit } from './parse-query.ts';
import type { Identifier, Join, Relation } from './tree.ts';

/** What stands in FROM between commas: a table, a subquery, UNNEST, and the joins that follow. */
export function parseRelation(cursor: Cursor): Relation {
  let left = parseSampled(cursor);
  for (;;) {
    const join = parseJoin(cursor, left);
    if (join === undefined) return left;
    left = join;
  }
}

function parseJoin(cursor: Cursor, left: Relation): Join | undefined {
  const { at } = cursor;
  if (cursor.accept('CROSS', 'JOIN')) {
    return { kind: 'join', type: 'CROSS', left, right: parseSampled(cursor), natural: false, at };
  }
  const natural = cursor.accept('NATURAL');
  const type = parseJoinType(cursor);
  if (type === undefined) return undefined;
  // The right side may itself be a chain of joins whose conditions come first: a JOIN b JOIN c ON … ON ….
  const right = natural ? parseSampled(cursor) : parseRelationBefore(cursor);
  if (natural) return { kind: 'join', type, left, right, natural, at };
  if (cursor.accept('ON')) {
    return { kind: 'join', type, left, right, natural, on: parseExpression(cursor), at };
  }
  cursor.expect('USING');
  return { kind: 'join', type, left, right, natural, using: parseNames(cursor), at };
}

/** The right side of a join: joins inside it only when their condition comes before the outer one's. */
function parseRelationBefore(cursor: Cursor): Relation {
  const relation = parseSampled(cursor);
  if (cursor.is('ON') || cursor.is('USING')) return relation;
  return parseJoin(cursor, relation) ?? relation;
}

function parseJoinType(cursor: Cursor): Exclude<Join['type'], 'CROSS'> | undefined {
  if (cursor.accept('JOIN') || cursor.accept('INNER', 'JOIN')) return 'INNER';
  for (const type of ['LEFT', 'RIGHT', 'FULL'] as const) {
    if (cursor.accept(type, 'JOIN') || cursor.accept(type, 'OUTER', 'JOIN')) return type;
  }
  return undefined;
}

function parseSampled(cursor: Cursor): Relation {
  const relation = parseAliased(cursor);
  const { at } = cursor;
  if (!cursor.accept('TABLESAMPLE')) return relation;
  const method = cursor.accept('BERNOULLI') ? 'BERNOULLI' : 'SYSTEM';
  if (method === 'SYSTEM') cursor.expect('SYSTEM');
  const percent = cursor.parenthesised(() => parseExpression(cursor));
  return { kind: 'sample', relation, method, percent, at };
}

/** Words that may follow a relation and are not reserved, so that they are not taken for its name. */
const AFTER_RELATION: readonly string[] = ['TABLESAMPLE', 'MATCH_RECOGNIZE', 'WINDOW'];

function parseAliased(cursor: Cursor): Relation {
  const { at } = cursor;
  const relation = parseBare(cursor);
  refuseMatchRecognize(cursor);
  const hasAs = cursor.accept('AS');
  const follows = startsRowLimit(cursor) || AFTER_RELATION.some((word) => cursor.is(word));
  if (!hasAs && (!cursor.isName() || follows)) return relation;
  const alias: Identifier = cursor.expectName();
  const columns = cursor.is('(') ? parseNames(cursor) : undefined;
  refuseMatchRecognize(cursor);
  return { kind: 'alias', relation, alias, ...(columns === undefined ? {} : { columns }), at };
}

function parseBare(cursor: Cursor): Relation {
  const { at } = cursor;
  if (cursor.areNext('UNNEST', '(')) {
    cursor.next();
    const items = cursor.parenthesised(() => cursor.list(() => parseExpression(cursor)));
    return { kind: 'unnest', items, ordinality: cursor.accept('WITH', 'ORDINALITY'), at };
  }
  if (cursor.accept('LATERAL')) {
    return { kind: 'lateral', query: cursor.parenthesised(() => parseQuery(cursor)), at };
  }
  if (cursor.areNext('TABLE', '(')) throw notSupportedFailure(cursor.sql, at, 'table functions');
  if (!cursor.is('(')) return tableName(cursor);
  return startsQuery(cursor)
    ? parseSubqueryOrJoin(cursor)
    : cursor.parenthesised(() => parseRelation(cursor));
}

/** `(SELECT …)`, or `((SELECT …) t JOIN …)`: only reading on tells them apart. */
function parseSubqueryOrJoin(cursor: Cursor): Relation {
  const { at } = cursor;
  const mark = cursor.mark();
  const parameters = cursor.parameters;
  if (cursor.is('(', 1)) {
    try {
      return { kind: 'subqueryRelation', query: cursor.parenthesised(() => parseQuery(cursor)), at };
    } catch {
      cursor.back(mark);
      cursor.parameters = parameters;
      return cursor.parenthesised(() => parseRelation(cursor));
    }
  }
  return { kind: 'subqueryRelation', query: cursor.parenthesised(() => parseQuery(cursor)), at };
}

function tableName(cursor: Cursor): Relation {
  const { at } = cursor;
  const name = cursor.expectQualifiedName();
  if (cursor.areNext('FOR', 'TIMESTAMP') || cursor.areNext('FOR', 'VERSION')) {
    throw notSupportedFailure(cursor.sql, cursor.at, 'time travel: these tables keep no versions');
  }
  return { kind: 'tableName', name, at };
}
