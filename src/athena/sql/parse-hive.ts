import { notSupportedFailure, syntaxFailure } from '../errors.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { parseType } from './parse-type.ts';
import type { CreateExternalTable, HiveColumn, PartitionSpec, Property, Statement } from './statement.ts';

/** The rest of CREATE EXTERNAL TABLE, which Athena reads in Hive's grammar. `at` is where the statement starts. */
export function parseCreateExternalTable(cursor: Cursor, at: number): CreateExternalTable {
  const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
  const name = cursor.expectQualifiedName();
  const columns = parseColumns(cursor);
  let comment: string | undefined;
  let partitionedBy: HiveColumn[] = [];
  let storage: Storage = { format: 'TEXTFILE' };
  let location: string | undefined;
  let properties: Record<string, string> = {};
  for (;;) {
    if (cursor.accept('COMMENT')) comment = cursor.expectString();
    else if (cursor.accept('PARTITIONED', 'BY')) partitionedBy = parseColumns(cursor);
    else if (cursor.accept('ROW', 'FORMAT')) storage = { ...storage, ...parseRowFormat(cursor) };
    else if (cursor.accept('STORED', 'AS')) storage = { ...storage, format: parseFormat(cursor) };
    else if (cursor.accept('LOCATION')) location = cursor.expectString();
    else if (cursor.accept('TBLPROPERTIES')) properties = parseStringProperties(cursor);
    else break;
  }
  return {
    kind: 'createExternalTable',
    name,
    ifNotExists,
    columns,
    partitionedBy,
    ...(comment === undefined ? {} : { comment }),
    ...storage,
    ...(location === undefined ? {} : { location }),
    properties,
    at,
  };
}

interface Storage {
  readonly format: string;
  readonly delimiter?: string;
}

function parseColumns(cursor: Cursor): HiveColumn[] {
  return cursor.parenthesised(() =>
    cursor.list(() => {
      const { name } = cursor.expectName();
      const start = cursor.at;
      parseType(cursor);
      const type = cursor.sql.slice(start, cursor.endOfLast).toLowerCase().replaceAll(/\s+/g, '');
      const comment = cursor.accept('COMMENT') ? cursor.expectString() : undefined;
      return { name, type, ...(comment === undefined ? {} : { comment }) };
    }),
  );
}

function parseFormat(cursor: Cursor): string {
  const { at } = cursor;
  if (cursor.accept('INPUTFORMAT')) {
    const input = cursor.expectString();
    cursor.expect('OUTPUTFORMAT');
    cursor.expectString();
    const format = INPUT_FORMATS[input];
    if (format === undefined) throw notSupportedFailure(cursor.sql, at, `the input format ${input}`);
    return format;
  }
  return cursor.next().text.toUpperCase();
}

/** What Athena writes out for the two formats that are read here. */
const INPUT_FORMATS: Readonly<Record<string, string>> = {
  'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat': 'PARQUET',
  'org.apache.hadoop.mapred.TextInputFormat': 'TEXTFILE',
};

const CSV_SERDES: readonly string[] = [
  'org.apache.hadoop.hive.serde2.OpenCSVSerde',
  'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
];
const PARQUET_SERDE = 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe';

function parseRowFormat(cursor: Cursor): Partial<Storage> {
  const { at } = cursor;
  if (cursor.accept('SERDE')) {
    const serde = cursor.expectString();
    const properties = cursor.accept('WITH', 'SERDEPROPERTIES') ? parseStringProperties(cursor) : {};
    if (serde === PARQUET_SERDE) return { format: 'PARQUET' };
    if (!CSV_SERDES.includes(serde)) throw notSupportedFailure(cursor.sql, at, `the serde ${serde}`);
    const delimiter = properties.separatorChar ?? properties['field.delim'];
    return { format: 'CSV', ...(delimiter === undefined ? {} : { delimiter }) };
  }
  cursor.expect('DELIMITED');
  let delimiter: string | undefined;
  while (cursor.is('FIELDS') || cursor.is('LINES') || cursor.is('ESCAPED')) {
    const fields = cursor.accept('FIELDS', 'TERMINATED', 'BY');
    if (!fields && !cursor.accept('LINES', 'TERMINATED', 'BY')) cursor.expect('ESCAPED', 'BY');
    const text = cursor.expectString();
    if (fields) delimiter = text === '\\t' ? '\t' : text;
  }
  return { format: 'CSV', ...(delimiter === undefined ? {} : { delimiter }) };
}

function parseStringProperties(cursor: Cursor): Record<string, string> {
  const pairs = cursor.parenthesised(() =>
    cursor.list(() => {
      const name = cursor.expectString();
      cursor.expect('=');
      return [name, cursor.expectString()] as const;
    }),
  );
  return Object.fromEntries(pairs);
}

/** `(format = 'PARQUET', partitioned_by = ARRAY['dt'])` */
export function parseProperties(cursor: Cursor): Property[] {
  return cursor.parenthesised(() =>
    cursor.list(() => {
      const { name, at } = cursor.expectName();
      cursor.expect('=');
      return { name, value: parseExpression(cursor), at };
    }),
  );
}

/** What follows ALTER TABLE. Only partitions are altered here. */
export function parseAlterTable(cursor: Cursor): Statement {
  const name = cursor.expectQualifiedName();
  const { at } = cursor;
  if (cursor.accept('ADD')) {
    const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
    if (!cursor.is('PARTITION')) throw notSupportedFailure(cursor.sql, at, 'ALTER TABLE ADD COLUMNS');
    const partitions = [];
    while (cursor.accept('PARTITION')) {
      const spec = parsePartitionSpec(cursor);
      const location = cursor.accept('LOCATION') ? cursor.expectString() : undefined;
      partitions.push({ spec, ...(location === undefined ? {} : { location }) });
    }
    return { kind: 'addPartitions', name, ifNotExists, partitions };
  }
  if (!cursor.accept('DROP'))
    throw notSupportedFailure(cursor.sql, at, 'ALTER TABLE other than its partitions');
  const ifExists = cursor.accept('IF', 'EXISTS');
  const partitions = cursor.list(() => {
    cursor.expect('PARTITION');
    return parsePartitionSpec(cursor);
  });
  return { kind: 'dropPartitions', name, ifExists, partitions };
}

function parsePartitionSpec(cursor: Cursor): PartitionSpec {
  return cursor.parenthesised(() =>
    cursor.list(() => {
      const key = cursor.expectName();
      cursor.expect('=');
      const { kind, text, at } = cursor.next();
      if (kind !== 'string' && kind !== 'integer') {
        throw syntaxFailure(cursor.sql, at, 'a partition value is a string or a whole number');
      }
      return { key, value: text };
    }),
  );
}
