import { notSupportedFailure, syntaxFailure } from '../errors.ts';
import * as types from '../types/type.ts';
import { Cursor } from './cursor.ts';

/** The type that stands at the cursor: `decimal(10,2)`, `array<row(a int)>`, `timestamp(3) with time zone`. */
export function parseType(cursor: Cursor): types.Type {
  let type = parseBaseType(cursor);
  while (cursor.accept('ARRAY')) type = types.array(type);
  return type;
}

/** A type in text, as the catalog keeps it: Trino's words, and Hive's `struct<a:int>`, `string`, `binary`. */
export function typeOfText(text: string): types.Type {
  const cursor = new Cursor(text);
  const type = parseType(cursor);
  if (cursor.token.kind !== 'end') throw cursor.unexpected('the end of the type');
  return type;
}

const PLAIN: Readonly<Record<string, types.Type>> = {
  BOOLEAN: types.BOOLEAN,
  TINYINT: types.TINYINT,
  SMALLINT: types.SMALLINT,
  INT: types.INTEGER,
  INTEGER: types.INTEGER,
  BIGINT: types.BIGINT,
  REAL: types.REAL,
  FLOAT: types.REAL,
  STRING: types.VARCHAR,
  VARBINARY: types.VARBINARY,
  BINARY: types.VARBINARY,
  JSON: types.JSON_TYPE,
  UUID: types.UUID,
  DATE: types.DATE,
};

function parseBaseType(cursor: Cursor): types.Type {
  const { at, text, kind } = cursor.token;
  if (kind !== 'word' && kind !== 'quoted') throw cursor.unexpected('a type');
  cursor.next();
  const word = text.toUpperCase();
  const plain = PLAIN[word];
  if (plain !== undefined) return plain;
  switch (word) {
    case 'DOUBLE':
      cursor.accept('PRECISION');
      return types.DOUBLE;
    case 'DECIMAL':
    case 'NUMERIC':
      return parseDecimal(cursor, at);
    case 'VARCHAR':
      return types.varchar(parseLength(cursor));
    case 'CHAR':
      return { base: 'char', length: parseLength(cursor) ?? 1 };
    case 'TIME':
    case 'TIMESTAMP':
      return parseTime(cursor, { at, base: word === 'TIME' ? 'time' : 'timestamp' });
    case 'INTERVAL':
      return parseInterval(cursor);
    default:
      return parseContainer(cursor, { word, at });
  }
}

function parseContainer(cursor: Cursor, type: { word: string; at: number }): types.Type {
  switch (type.word) {
    case 'ARRAY': {
      const [element] = parseArguments(cursor, () => parseType(cursor));
      return types.array(element ?? types.UNKNOWN);
    }
    case 'MAP': {
      const [key, value] = parseArguments(cursor, () => parseType(cursor));
      if (key === undefined || value === undefined) throw cursor.unexpected('two types in a map');
      return types.map(key, value);
    }
    case 'ROW':
    case 'STRUCT':
      return { base: 'row', fields: parseArguments(cursor, () => parseField(cursor)) };
    default:
      throw syntaxFailure(cursor.sql, type.at, `unknown type: ${type.word.toLowerCase()}`);
  }
}

/** In brackets or, as Hive writes it, between < and >. */
function parseArguments<T>(cursor: Cursor, read: () => T): T[] {
  const closing = cursor.accept('<') ? '>' : ')';
  if (closing === ')') cursor.expect('(');
  const items = cursor.nested(() => cursor.list(read));
  cursor.expect(closing);
  return items;
}

function parseField(cursor: Cursor): types.RowField {
  const named = cursor.isName() && !['(', ',', ')', '<', '>'].some((symbol) => cursor.is(symbol, 1));
  if (!named || cursor.areNext('DOUBLE', 'PRECISION')) return { type: parseType(cursor) };
  const { written } = cursor.expectName();
  cursor.accept(':');
  return { name: written, type: parseType(cursor) };
}

function parseLength(cursor: Cursor): number | undefined {
  return cursor.is('(') ? cursor.parenthesised(() => cursor.expectInteger()) : undefined;
}

function parseDecimal(cursor: Cursor, at: number): types.Type {
  const sizes = cursor.is('(')
    ? cursor.parenthesised(() => cursor.list(() => cursor.expectInteger()))
    : [types.DECIMAL_PRECISION_MAX, 0];
  const [precision = types.DECIMAL_PRECISION_MAX, scale = 0] = sizes;
  if (precision < 1 || precision > types.DECIMAL_PRECISION_MAX || scale > precision) {
    throw syntaxFailure(cursor.sql, at, `decimal(${precision},${scale}) is not a valid type`);
  }
  return types.decimal(precision, scale);
}

function parseTime(cursor: Cursor, type: { at: number; base: 'time' | 'timestamp' }): types.Type {
  const precision = parseLength(cursor) ?? types.TIMESTAMP_PRECISION_DEFAULT;
  if (precision > types.TIMESTAMP_PRECISION_MAX) {
    throw notSupportedFailure(cursor.sql, type.at, `${type.base}(${precision}): local keeps microseconds`);
  }
  cursor.accept('WITHOUT', 'TIME', 'ZONE');
  if (!cursor.accept('WITH', 'TIME', 'ZONE')) return { base: type.base, precision };
  if (type.base === 'time') throw notSupportedFailure(cursor.sql, type.at, 'time with time zone');
  return types.timestampWithZone(precision, 'UTC');
}

function parseInterval(cursor: Cursor): types.Type {
  if (cursor.accept('DAY', 'TO', 'SECOND')) return types.DAY_TO_SECOND;
  cursor.expect('YEAR', 'TO', 'MONTH');
  return types.YEAR_TO_MONTH;
}
