import { notSupportedFailure } from '../errors.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression, parseValue } from './parse-expression.ts';
import { parseJsonCall } from './parse-json.ts';
import { parseSortItems } from './parse-query.ts';
import type { Call, Expression, Frame, FrameBound, Identifier, Window } from './tree.ts';

/** A function's call, when its name has been read and the opening bracket stands at the cursor. */
export function parseCall(cursor: Cursor, name: Identifier): Call {
  cursor.expect('(');
  const star = cursor.accept('*');
  const distinct = !star && cursor.accept('DISTINCT');
  if (!star && !distinct) cursor.accept('ALL');
  const empty = star || cursor.is(')') || cursor.is('ORDER');
  const values = empty ? [] : cursor.list(() => parseExpression(cursor));
  const orderBy = cursor.is('ORDER') ? parseSortItems(cursor) : [];
  cursor.expect(')');
  return parseCallTail(cursor, {
    kind: 'call',
    name: name.name,
    arguments: values,
    star,
    distinct,
    orderBy,
    at: name.at,
  });
}

function parseCallTail(cursor: Cursor, call: Call): Call {
  let tail = parseFilter(cursor, call);
  if (cursor.accept('IGNORE', 'NULLS')) tail = { ...tail, nulls: 'IGNORE' };
  else if (cursor.accept('RESPECT', 'NULLS')) tail = { ...tail, nulls: 'RESPECT' };
  if (!cursor.accept('OVER')) return tail;
  return { ...tail, over: cursor.is('(') ? parseWindow(cursor) : cursor.expectName() };
}

function parseFilter(cursor: Cursor, call: Call): Call {
  if (!cursor.is('FILTER') || !cursor.is('(', 1)) return call;
  cursor.expect('FILTER', '(', 'WHERE');
  const filter = parseExpression(cursor);
  cursor.expect(')');
  return { ...call, filter };
}

/** `(PARTITION BY … ORDER BY … ROWS …)`, with its brackets. */
export function parseWindow(cursor: Cursor): Window {
  return cursor.parenthesised(() => {
    const named = cursor.isName() && !['PARTITION', 'ROWS', 'RANGE', 'GROUPS'].includes(cursor.token.text);
    const base = named ? cursor.expectName() : undefined;
    const partitionBy = cursor.accept('PARTITION', 'BY') ? cursor.list(() => parseExpression(cursor)) : [];
    const orderBy = cursor.is('ORDER') ? parseSortItems(cursor) : [];
    const frame = parseFrame(cursor);
    return {
      ...(base === undefined ? {} : { base }),
      partitionBy,
      orderBy,
      ...(frame === undefined ? {} : { frame }),
    };
  });
}

function parseFrame(cursor: Cursor): Frame | undefined {
  const unit = (['ROWS', 'RANGE', 'GROUPS'] as const).find((word) => cursor.accept(word));
  if (unit === undefined) return undefined;
  if (!cursor.accept('BETWEEN')) return { unit, start: parseBound(cursor) };
  const start = parseBound(cursor);
  cursor.expect('AND');
  return { unit, start, end: parseBound(cursor) };
}

function parseBound(cursor: Cursor): FrameBound {
  if (cursor.accept('UNBOUNDED', 'PRECEDING')) return { kind: 'UNBOUNDED PRECEDING' };
  if (cursor.accept('UNBOUNDED', 'FOLLOWING')) return { kind: 'UNBOUNDED FOLLOWING' };
  if (cursor.accept('CURRENT', 'ROW')) return { kind: 'CURRENT ROW' };
  const offset = parseExpression(cursor);
  if (cursor.accept('PRECEDING')) return { kind: 'PRECEDING', offset };
  cursor.expect('FOLLOWING');
  return { kind: 'FOLLOWING', offset };
}

const WITHOUT_BRACKETS: readonly string[] = [
  'CURRENT_DATE',
  'CURRENT_TIMESTAMP',
  'LOCALTIMESTAMP',
  'CURRENT_TIME',
  'LOCALTIME',
  'CURRENT_USER',
  'CURRENT_CATALOG',
  'CURRENT_SCHEMA',
];

/** Functions with a grammar of their own; undefined when none stands at the cursor. */
export function parseSpecialCall(cursor: Cursor): Expression | undefined {
  const { at } = cursor;
  const plain = WITHOUT_BRACKETS.find((word) => cursor.is(word));
  if (plain !== undefined) {
    cursor.next();
    const precision = cursor.is('(') ? cursor.parenthesised(() => cursor.expectInteger()) : undefined;
    const values: Expression[] =
      precision === undefined ? [] : [{ kind: 'number', form: 'integer', text: String(precision), at }];
    return callOf(plain.toLowerCase(), values, at);
  }
  if (!cursor.is('(', 1)) return undefined;
  if (cursor.is('EXTRACT')) return parseExtract(cursor);
  if (cursor.is('TRIM')) return parseTrim(cursor);
  if (cursor.is('POSITION')) return parsePosition(cursor);
  if (cursor.is('SUBSTRING')) return parseSubstring(cursor);
  if (cursor.is('LISTAGG')) return parseListagg(cursor);
  if (cursor.is('GROUPING')) return parseGrouping(cursor);
  if (cursor.is('NORMALIZE')) return parseNormalize(cursor);
  return parseJsonCall(cursor);
}

export function callOf(name: string, values: readonly Expression[], at: number): Call {
  return { kind: 'call', name, arguments: values, star: false, distinct: false, orderBy: [], at };
}

function parseExtract(cursor: Cursor): Expression {
  const { at } = cursor;
  cursor.expect('EXTRACT', '(');
  const part = cursor.expectName().name;
  cursor.expect('FROM');
  const operand = parseValue(cursor);
  cursor.expect(')');
  return { kind: 'extract', part, operand, at };
}

function parseTrim(cursor: Cursor): Expression {
  const { at } = cursor;
  cursor.expect('TRIM', '(');
  const side = (['LEADING', 'TRAILING', 'BOTH'] as const).find((word) => cursor.accept(word)) ?? 'BOTH';
  const name = { LEADING: 'ltrim', TRAILING: 'rtrim', BOTH: 'trim' }[side];
  let characters = cursor.is('FROM') ? undefined : parseValue(cursor);
  let source = characters;
  if (cursor.accept('FROM')) source = parseValue(cursor);
  // `trim(text, characters)` has them the other way round.
  else characters = cursor.accept(',') ? parseValue(cursor) : undefined;
  cursor.expect(')');
  if (source === undefined) throw cursor.unexpected('a text to trim');
  return callOf(name, characters === undefined ? [source] : [source, characters], at);
}

function parsePosition(cursor: Cursor): Expression {
  const { at } = cursor;
  cursor.expect('POSITION', '(');
  const needle = parseValue(cursor);
  cursor.expect('IN');
  const text = parseValue(cursor);
  cursor.expect(')');
  return callOf('strpos', [text, needle], at);
}

function parseSubstring(cursor: Cursor): Expression {
  const { at } = cursor;
  cursor.expect('SUBSTRING', '(');
  const values = [parseExpression(cursor)];
  if (cursor.accept('FROM')) {
    values.push(parseValue(cursor));
    if (cursor.accept('FOR')) values.push(parseValue(cursor));
  } else while (cursor.accept(',')) values.push(parseExpression(cursor));
  cursor.expect(')');
  return callOf('substring', values, at);
}

function parseListagg(cursor: Cursor): Expression {
  const { at } = cursor;
  cursor.expect('LISTAGG', '(');
  const distinct = cursor.accept('DISTINCT');
  const values = cursor.list(() => parseExpression(cursor));
  if (values.length === 1) values.push({ kind: 'string', value: '', at });
  if (cursor.accept('ON', 'OVERFLOW') && !cursor.accept('ERROR')) {
    throw notSupportedFailure(cursor.sql, cursor.at, 'listagg that truncates');
  }
  cursor.expect(')', 'WITHIN', 'GROUP', '(');
  const orderBy = parseSortItems(cursor);
  cursor.expect(')');
  return parseFilter(cursor, { ...callOf('listagg', values, at), distinct, orderBy });
}

/** `normalize(text)`, `normalize(text, NFKC)`. */
function parseNormalize(cursor: Cursor): Expression {
  const { at } = cursor;
  cursor.expect('NORMALIZE', '(');
  const text = parseValue(cursor);
  const forms = ['NFD', 'NFC', 'NFKD', 'NFKC'] as const;
  const form = cursor.accept(',') ? forms.find((word) => cursor.accept(word)) : 'NFC';
  if (form === undefined) throw cursor.unexpected(forms.join(', '));
  cursor.expect(')');
  return callOf('normalize', [text, { kind: 'string', value: form, at }], at);
}

function parseGrouping(cursor: Cursor): Expression {
  const { at } = cursor;
  cursor.expect('GROUPING');
  const values = cursor.parenthesised(() => cursor.list(() => parseExpression(cursor)));
  return callOf('grouping', values, at);
}
