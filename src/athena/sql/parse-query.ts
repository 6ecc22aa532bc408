import { notSupportedFailure } from '../errors.ts';
import type { Cursor } from './cursor.ts';
import { parseWindow } from './parse-call.ts';
import { parseExpression } from './parse-expression.ts';
import { parsePrimary } from './parse-primary.ts';
import { parseRelation } from './parse-relation.ts';
import type {
  Expression,
  GroupBy,
  GroupingElement,
  Query,
  QueryBody,
  Select,
  SelectItem,
  SortItem,
  WithQuery,
} from './tree.ts';

/** Whether a query starts here, looking through opening brackets. */
export function startsQuery(cursor: Cursor): boolean {
  let ahead = 0;
  while (cursor.is('(', ahead)) ahead += 1;
  return ['SELECT', 'WITH', 'VALUES', 'TABLE'].some((word) => cursor.is(word, ahead));
}

/** A whole query: WITH, its body, ORDER BY, OFFSET, LIMIT. */
export function parseQuery(cursor: Cursor): Query {
  return cursor.nested(() => {
    const { at } = cursor;
    const hasWith = cursor.accept('WITH');
    const recursive = hasWith && cursor.accept('RECURSIVE');
    const withQueries = hasWith ? cursor.list(() => parseWithQuery(cursor)) : [];
    const body = parseUnion(cursor);
    const orderBy = cursor.is('ORDER') ? parseSortItems(cursor) : [];
    return { with: withQueries, recursive, body, orderBy, ...parseRowLimits(cursor), at };
  });
}

function parseWithQuery(cursor: Cursor): WithQuery {
  const name = cursor.expectName();
  const columns = cursor.is('(') ? parseNames(cursor) : undefined;
  cursor.expect('AS');
  const query = cursor.parenthesised(() => parseQuery(cursor));
  return { name, ...(columns === undefined ? {} : { columns }), query };
}

export function parseNames(cursor: Cursor): ReturnType<Cursor['expectName']>[] {
  return cursor.parenthesised(() => cursor.list(() => cursor.expectName()));
}

type RowLimits = Pick<Query, 'offset' | 'limit' | 'withTies'>;

/** OFFSET comes before LIMIT in Trino; the other order is a syntax error there. */
function parseRowLimits(cursor: Cursor): RowLimits {
  let limits: RowLimits = {};
  if (cursor.accept('OFFSET')) {
    limits = { offset: parseCount(cursor) };
    if (!cursor.accept('ROWS')) cursor.accept('ROW');
  }
  if (cursor.accept('LIMIT')) {
    return cursor.accept('ALL') ? limits : { ...limits, limit: parseCount(cursor) };
  }
  if (!cursor.accept('FETCH')) return limits;
  if (!cursor.accept('FIRST')) cursor.expect('NEXT');
  const one: Expression = { kind: 'number', form: 'integer', text: '1', at: cursor.at };
  const limit = cursor.is('ROW') || cursor.is('ROWS') ? one : parseCount(cursor);
  if (!cursor.accept('ROWS')) cursor.expect('ROW');
  if (cursor.accept('ONLY')) return { ...limits, limit };
  cursor.expect('WITH', 'TIES');
  return { ...limits, limit, withTies: true };
}

function parseCount(cursor: Cursor): Expression {
  if (cursor.token.kind !== 'integer' && !cursor.is('?')) throw cursor.unexpected('a number of rows');
  return parsePrimary(cursor);
}

function parseUnion(cursor: Cursor): QueryBody {
  let left = parseIntersect(cursor);
  for (;;) {
    const { at } = cursor;
    const operator = cursor.accept('UNION') ? 'UNION' : cursor.accept('EXCEPT') ? 'EXCEPT' : undefined;
    if (operator === undefined) return left;
    const all = parseAll(cursor);
    left = { kind: 'set', operator, all, left, right: parseIntersect(cursor), at };
  }
}

function parseIntersect(cursor: Cursor): QueryBody {
  let left = parseTerm(cursor);
  for (;;) {
    const { at } = cursor;
    if (!cursor.accept('INTERSECT')) return left;
    const all = parseAll(cursor);
    left = { kind: 'set', operator: 'INTERSECT', all, left, right: parseTerm(cursor), at };
  }
}

function parseAll(cursor: Cursor): boolean {
  const all = cursor.accept('ALL');
  if (!all) cursor.accept('DISTINCT');
  return all;
}

function parseTerm(cursor: Cursor): QueryBody {
  const { at } = cursor;
  if (cursor.is('(')) return { kind: 'query', query: cursor.parenthesised(() => parseQuery(cursor)), at };
  if (cursor.accept('VALUES')) {
    return { kind: 'values', rows: cursor.list(() => parseExpression(cursor)), at };
  }
  if (cursor.accept('TABLE')) return { kind: 'table', name: cursor.expectQualifiedName(), at };
  return parseSelect(cursor);
}

function parseSelect(cursor: Cursor): Select {
  const { at } = cursor;
  cursor.expect('SELECT');
  const distinct = cursor.accept('DISTINCT');
  if (!distinct) cursor.accept('ALL');
  const items = cursor.list(() => parseItem(cursor));
  const from = cursor.accept('FROM') ? parseFrom(cursor) : undefined;
  const where = cursor.accept('WHERE') ? parseExpression(cursor) : undefined;
  const groupBy = cursor.accept('GROUP', 'BY') ? parseGroupBy(cursor) : undefined;
  const having = cursor.accept('HAVING') ? parseExpression(cursor) : undefined;
  const windows = cursor.accept('WINDOW') ? cursor.list(() => parseNamedWindow(cursor)) : [];
  return {
    kind: 'select',
    distinct,
    items,
    ...(from === undefined ? {} : { from }),
    ...(where === undefined ? {} : { where }),
    ...(groupBy === undefined ? {} : { groupBy }),
    ...(having === undefined ? {} : { having }),
    windows,
    at,
  };
}

function parseNamedWindow(cursor: Cursor): Select['windows'][number] {
  const name = cursor.expectName();
  cursor.expect('AS');
  return { name, window: parseWindow(cursor) };
}

/** Tables between commas are cross joins. */
function parseFrom(cursor: Cursor): NonNullable<Select['from']> {
  let left = parseRelation(cursor);
  for (;;) {
    const { at } = cursor;
    if (!cursor.accept(',')) return left;
    left = { kind: 'join', type: 'CROSS', left, right: parseRelation(cursor), natural: false, at };
  }
}

function parseItem(cursor: Cursor): SelectItem {
  const { at } = cursor;
  if (cursor.accept('*')) return { kind: 'all', at };
  const of = parseQualifiedAll(cursor);
  if (of !== undefined) {
    const aliases = cursor.is('AS') && cursor.is('(', 1) ? readAliases(cursor) : undefined;
    return { kind: 'all', of, ...(aliases === undefined ? {} : { aliases }), at };
  }
  const expression = parseExpression(cursor);
  if (cursor.accept('.', '*')) {
    const aliases = cursor.is('AS') && cursor.is('(', 1) ? readAliases(cursor) : undefined;
    return { kind: 'all', of: expression, ...(aliases === undefined ? {} : { aliases }), at };
  }
  const named = cursor.accept('AS') || (cursor.isName() && !startsRowLimit(cursor));
  return { kind: 'expression', expression, ...(named ? { alias: cursor.expectName() } : {}), at };
}

/** LIMIT, OFFSET and FETCH are not reserved: what follows tells them from names. */
export function startsRowLimit(cursor: Cursor): boolean {
  if (!cursor.is('LIMIT') && !cursor.is('OFFSET') && !cursor.is('FETCH')) return false;
  const { kind } = cursor.look(1);
  return kind === 'integer' || ['?', 'ALL', 'FIRST', 'NEXT'].some((word) => cursor.is(word, 1));
}

function readAliases(cursor: Cursor): ReturnType<Cursor['expectName']>[] {
  cursor.expect('AS');
  return parseNames(cursor);
}

/** `t.*`, `s.t.*`; undefined, with nothing read, when no such thing stands here. */
function parseQualifiedAll(cursor: Cursor): Expression | undefined {
  let ahead = 0;
  while (cursor.isName(ahead) && cursor.is('.', ahead + 1)) {
    ahead += 2;
    if (!cursor.is('*', ahead)) continue;
    let of: Expression = { kind: 'name', at: cursor.at, name: cursor.expectName() };
    for (let read = 2; read < ahead; read += 2) {
      const { at } = cursor;
      cursor.expect('.');
      of = { kind: 'field', base: of, field: cursor.expectName(), at };
    }
    cursor.expect('.', '*');
    return of;
  }
  return undefined;
}

function parseGroupBy(cursor: Cursor): GroupBy {
  const distinct = cursor.accept('DISTINCT');
  if (!distinct) cursor.accept('ALL');
  return { distinct, elements: cursor.list(() => parseGroupingElement(cursor)) };
}

function parseGroupingElement(cursor: Cursor): GroupingElement {
  const { at } = cursor;
  for (const kind of ['rollup', 'cube'] as const) {
    if (!cursor.areNext(kind.toUpperCase(), '(')) continue;
    cursor.next();
    return { kind, sets: cursor.parenthesised(() => cursor.list(() => parseGroupingSet(cursor))), at };
  }
  if (cursor.accept('GROUPING', 'SETS')) {
    const sets = cursor.parenthesised(() => cursor.list(() => parseGroupingSet(cursor)));
    return { kind: 'sets', sets, at };
  }
  return { kind: 'simple', expressions: parseGroupingSet(cursor), at };
}

/** One expression, or several between brackets, or none between brackets. */
function parseGroupingSet(cursor: Cursor): Expression[] {
  if (cursor.accept('(', ')')) return [];
  const expression = parseExpression(cursor);
  return expression.kind === 'row' && cursor.sql[expression.at] === '('
    ? [...expression.items]
    : [expression];
}

/** `ORDER BY a DESC NULLS FIRST, b`, with its words. */
export function parseSortItems(cursor: Cursor): SortItem[] {
  cursor.expect('ORDER', 'BY');
  return cursor.list(() => {
    const expression = parseExpression(cursor);
    const descending = cursor.accept('DESC');
    if (!descending) cursor.accept('ASC');
    if (!cursor.accept('NULLS')) return { expression, descending, nullsFirst: false };
    const nullsFirst = cursor.accept('FIRST');
    if (!nullsFirst) cursor.expect('LAST');
    return { expression, descending, nullsFirst };
  });
}

export function refuseMatchRecognize(cursor: Cursor): void {
  if (cursor.is('MATCH_RECOGNIZE') && cursor.is('(', 1)) {
    throw notSupportedFailure(cursor.sql, cursor.at, 'MATCH_RECOGNIZE');
  }
}
