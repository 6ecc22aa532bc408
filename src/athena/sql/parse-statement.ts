import { notSupportedFailure, syntaxFailure } from '../errors.ts';
import { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { parseAlterTable, parseCreateExternalTable, parseProperties } from './parse-hive.ts';
import { parseNames, parseQuery, startsQuery } from './parse-query.ts';
import type { Statement } from './statement.ts';
import type { Expression } from './tree.ts';

/** Parses one statement of Athena's SQL. Throws a Failure that points at the first place that does not fit. */
export function parseStatement(sql: string): Statement {
  const cursor = new Cursor(sql);
  const statement = readStatement(cursor);
  cursor.accept(';');
  if (cursor.token.kind !== 'end') {
    const rest = cursor.endOfLast > 0 && sql[cursor.endOfLast - 1] === ';';
    throw rest
      ? syntaxFailure(sql, cursor.at, 'only one statement at a time')
      : cursor.unexpected('the end of the statement');
  }
  return statement;
}

/** Parses a value given for a `?` marker: an SQL literal or a constant expression. */
export function parseParameter(text: string): Expression {
  const cursor = new Cursor(text);
  const expression = parseExpression(cursor);
  if (cursor.token.kind !== 'end') throw cursor.unexpected('the end of the parameter');
  return expression;
}

function readStatement(cursor: Cursor): Statement {
  if (startsQuery(cursor)) return { kind: 'query', query: parseQuery(cursor) };
  if (cursor.accept('EXPLAIN')) return parseExplain(cursor);
  if (cursor.accept('SHOW')) return parseShow(cursor);
  if (cursor.accept('DESCRIBE') || cursor.accept('DESC')) return parseDescribe(cursor);
  if (cursor.accept('PREPARE')) return parsePrepare(cursor);
  if (cursor.accept('EXECUTE')) return parseExecute(cursor);
  if (cursor.accept('DEALLOCATE')) {
    cursor.accept('PREPARE');
    return { kind: 'deallocate', name: cursor.expectName() };
  }
  if (cursor.accept('CREATE')) return parseCreate(cursor);
  if (cursor.accept('DROP')) return parseDrop(cursor);
  if (cursor.accept('MSCK', 'REPAIR', 'TABLE')) {
    return { kind: 'repairTable', name: cursor.expectQualifiedName() };
  }
  if (cursor.accept('ALTER', 'TABLE')) return parseAlterTable(cursor);
  if (cursor.accept('INSERT')) {
    cursor.expect('INTO');
    return parseInsert(cursor);
  }
  const word = ICEBERG_WORDS.find((one) => cursor.is(one));
  if (word !== undefined)
    throw notSupportedFailure(cursor.sql, cursor.at, `${word}, which Athena has for Iceberg tables`);
  if (cursor.accept('UNLOAD')) return parseUnload(cursor);
  throw cursor.unexpected('a statement');
}

/** Statements for tables that keep versions of their rows. */
const ICEBERG_WORDS: readonly string[] = ['DELETE', 'UPDATE', 'MERGE', 'OPTIMIZE', 'VACUUM'];

function parseExplain(cursor: Cursor): Statement {
  const analyze = cursor.accept('ANALYZE');
  if (analyze) cursor.accept('VERBOSE');
  const options: Record<string, string> = {};
  if (cursor.is('(') && (cursor.is('TYPE', 1) || cursor.is('FORMAT', 1))) {
    const pairs = cursor.parenthesised(() =>
      cursor.list(() => [cursor.next().text.toLowerCase(), cursor.next().text.toLowerCase()] as const),
    );
    for (const [name, value] of pairs) options[name] = value;
  }
  const start = cursor.at;
  const statement = readStatement(cursor);
  return { kind: 'explain', analyze, options, statement, sql: cursor.sql.slice(start, cursor.endOfLast) };
}

function parseShow(cursor: Cursor): Statement {
  if (cursor.accept('DATABASES') || cursor.accept('SCHEMAS')) {
    return { kind: 'showDatabases', ...parsePattern(cursor) };
  }
  for (const word of ['TABLES', 'VIEWS'] as const) {
    if (!cursor.accept(word)) continue;
    const database = cursor.accept('IN') || cursor.accept('FROM') ? cursor.expectName() : undefined;
    return {
      kind: word === 'TABLES' ? 'showTables' : 'showViews',
      ...(database === undefined ? {} : { database }),
      ...parsePattern(cursor),
    };
  }
  if (cursor.accept('COLUMNS')) {
    if (!cursor.accept('IN')) cursor.expect('FROM');
    const table = cursor.expectQualifiedName();
    if (!cursor.accept('IN') && !cursor.accept('FROM')) return { kind: 'showColumns', table };
    return { kind: 'showColumns', table: [cursor.expectName(), ...table] };
  }
  if (cursor.accept('PARTITIONS')) return { kind: 'showPartitions', table: cursor.expectQualifiedName() };
  if (cursor.accept('CREATE', 'TABLE'))
    return { kind: 'showCreateTable', table: cursor.expectQualifiedName() };
  if (cursor.accept('CREATE', 'VIEW')) return { kind: 'showCreateView', table: cursor.expectQualifiedName() };
  if (cursor.accept('TBLPROPERTIES')) {
    return { kind: 'showTableProperties', table: cursor.expectQualifiedName() };
  }
  if (cursor.accept('FUNCTIONS')) return { kind: 'showFunctions' };
  throw cursor.unexpected('DATABASES, TABLES, VIEWS, COLUMNS, PARTITIONS or CREATE TABLE');
}

/** Athena's own form is a regular expression, `'ord*|cust*'`; Trino's is `LIKE 'ord%'`. */
function parsePattern(cursor: Cursor): { pattern?: string; like: boolean } {
  const like = cursor.accept('LIKE');
  if (!like && cursor.token.kind !== 'string') return { like: false };
  return { pattern: cursor.expectString(), like };
}

function parseDescribe(cursor: Cursor): Statement {
  if (!cursor.accept('EXTENDED')) cursor.accept('FORMATTED');
  return { kind: 'describe', table: cursor.expectQualifiedName() };
}

function parsePrepare(cursor: Cursor): Statement {
  const name = cursor.expectName();
  cursor.expect('FROM');
  const start = cursor.at;
  const statement = readStatement(cursor);
  return { kind: 'prepare', name, sql: cursor.sql.slice(start, cursor.endOfLast), statement };
}

function parseExecute(cursor: Cursor): Statement {
  const name = cursor.expectName();
  const parameters = cursor.accept('USING') ? cursor.list(() => parseExpression(cursor)) : [];
  return { kind: 'execute', name, parameters };
}

function parseCreate(cursor: Cursor): Statement {
  const { at } = cursor;
  const replace = cursor.accept('OR', 'REPLACE');
  if (cursor.accept('VIEW')) {
    const name = cursor.expectQualifiedName();
    cursor.expect('AS');
    const start = cursor.at;
    const query = parseQuery(cursor);
    return { kind: 'createView', name, replace, query, sql: cursor.sql.slice(start, cursor.endOfLast) };
  }
  if (replace) throw cursor.unexpected('VIEW');
  if (cursor.accept('DATABASE') || cursor.accept('SCHEMA')) return parseCreateDatabase(cursor);
  if (cursor.accept('EXTERNAL', 'TABLE')) return parseCreateExternalTable(cursor, at);
  cursor.expect('TABLE');
  return parseCreateTableAs(cursor);
}

function parseIfNotExists(cursor: Cursor): boolean {
  return cursor.accept('IF', 'NOT', 'EXISTS');
}

function parseCreateDatabase(cursor: Cursor): Statement {
  const ifNotExists = parseIfNotExists(cursor);
  const name = cursor.expectName();
  const comment = cursor.accept('COMMENT') ? cursor.expectString() : undefined;
  const location = cursor.accept('LOCATION') ? cursor.expectString() : undefined;
  return {
    kind: 'createDatabase',
    name,
    ifNotExists,
    ...(location === undefined ? {} : { location }),
    ...(comment === undefined ? {} : { comment }),
  };
}

function parseCreateTableAs(cursor: Cursor): Statement {
  const ifNotExists = parseIfNotExists(cursor);
  const name = cursor.expectQualifiedName();
  if (cursor.is('(')) {
    throw syntaxFailure(
      cursor.sql,
      cursor.at,
      'a table is made with CREATE EXTERNAL TABLE or CREATE TABLE … AS SELECT',
    );
  }
  const properties = cursor.accept('WITH') ? parseProperties(cursor) : [];
  cursor.expect('AS');
  const query = parseQuery(cursor);
  const withNoData = cursor.accept('WITH', 'NO', 'DATA');
  if (!withNoData) cursor.accept('WITH', 'DATA');
  return { kind: 'createTableAs', name, ifNotExists, properties, withData: !withNoData, query };
}

function parseDrop(cursor: Cursor): Statement {
  const what = (['TABLE', 'VIEW', 'DATABASE', 'SCHEMA'] as const).find((word) => cursor.accept(word));
  if (what === undefined) throw cursor.unexpected('TABLE, VIEW or DATABASE');
  const ifExists = cursor.accept('IF', 'EXISTS');
  if (what === 'TABLE') return { kind: 'dropTable', name: cursor.expectQualifiedName(), ifExists };
  if (what === 'VIEW') return { kind: 'dropView', name: cursor.expectQualifiedName(), ifExists };
  const name = cursor.expectName();
  const cascade = cursor.accept('CASCADE');
  if (!cascade) cursor.accept('RESTRICT');
  return { kind: 'dropDatabase', name, ifExists, cascade };
}

function parseInsert(cursor: Cursor): Statement {
  const name = cursor.expectQualifiedName();
  const columns = cursor.is('(') && !startsQuery(cursor) ? parseNames(cursor) : undefined;
  const query = parseQuery(cursor);
  return { kind: 'insert', name, ...(columns === undefined ? {} : { columns }), query };
}

function parseUnload(cursor: Cursor): Statement {
  const query = cursor.parenthesised(() => parseQuery(cursor));
  cursor.expect('TO');
  const location = cursor.expectString();
  const properties = cursor.accept('WITH') ? parseProperties(cursor) : [];
  return { kind: 'unload', query, location, properties };
}
