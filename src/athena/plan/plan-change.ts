import { meaningFailure, notSupportedFailure } from '../errors.ts';
import { typeOfText } from '../sql/parse-type.ts';
import type { CreateExternalTable, PartitionSpec, Property, Statement } from '../sql/statement.ts';
import type { Expression, Identifier } from '../sql/tree.ts';
import { canCoerce } from '../types/coercion.ts';
import { hiveTypeText } from '../types/hive.ts';
import { duckdbType, typeText } from '../types/type.ts';
import { quoteName } from './bound.ts';
import { type PlannedQuery, planQuery, type QueryInput } from './plan-query.ts';
import { tableNamed } from './plan-show.ts';
import type { KnownTable } from './tables.ts';

export interface TargetTable {
  readonly database: string;
  readonly table: string;
}

export interface HiveColumnText {
  readonly name: string;
  readonly type: string;
  readonly comment?: string;
}

/** Where and how the rows of a query are to be written. */
export interface WrittenQuery extends PlannedQuery {
  /** Columns of the files, in Hive's types, without the partition keys. */
  readonly hiveColumns: readonly HiveColumnText[];
  readonly partitionKeys: readonly HiveColumnText[];
  readonly format: 'parquet' | 'csv';
  /** DuckDB's word: `snappy`, `zstd`, `gzip`, `uncompressed`. */
  readonly compression: string;
}

/** A statement that changes the catalog or writes files; the warehouse carries it out. */
export type Change =
  | {
      readonly kind: 'create-view';
      readonly target: TargetTable;
      readonly replace: boolean;
      readonly sql: string;
      readonly hiveColumns: readonly HiveColumnText[];
    }
  | { readonly kind: 'drop-view'; readonly target: TargetTable; readonly ifExists: boolean }
  | {
      readonly kind: 'create-database';
      readonly database: string;
      readonly ifNotExists: boolean;
      readonly location?: string;
    }
  | {
      readonly kind: 'drop-database';
      readonly database: string;
      readonly ifExists: boolean;
      readonly cascade: boolean;
    }
  | {
      readonly kind: 'create-external-table';
      readonly target: TargetTable;
      readonly ifNotExists: boolean;
      readonly hiveColumns: readonly HiveColumnText[];
      readonly partitionKeys: readonly HiveColumnText[];
      readonly format: 'parquet' | 'csv';
      readonly delimiter?: string;
      readonly location: string;
      readonly description?: string;
      readonly properties: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'repair-table'; readonly target: TargetTable }
  | {
      readonly kind: 'add-partitions';
      readonly target: TargetTable;
      readonly ifNotExists: boolean;
      readonly partitions: readonly { readonly values: readonly string[]; readonly location?: string }[];
    }
  | {
      readonly kind: 'drop-partitions';
      readonly target: TargetTable;
      readonly ifExists: boolean;
      readonly partitions: readonly (readonly string[])[];
    }
  | { readonly kind: 'drop-table'; readonly target: TargetTable; readonly ifExists: boolean }
  | {
      readonly kind: 'create-table-as';
      readonly target: TargetTable;
      readonly ifNotExists: boolean;
      readonly withData: boolean;
      readonly location?: string;
      readonly query: WrittenQuery;
    }
  | { readonly kind: 'insert'; readonly target: TargetTable; readonly query: WrittenQuery }
  | { readonly kind: 'unload'; readonly location: string; readonly query: WrittenQuery };

export function planChange(statement: Statement, input: QueryInput): Change {
  switch (statement.kind) {
    case 'createView': {
      const { columns } = planQuery(statement.query, input);
      return {
        kind: 'create-view',
        target: targetOf(statement.name, input),
        replace: statement.replace,
        sql: statement.sql,
        hiveColumns: hiveColumns(columns, input),
      };
    }
    case 'dropView':
      return { kind: 'drop-view', target: targetOf(statement.name, input), ifExists: statement.ifExists };
    case 'createDatabase': {
      const location = statement.location === undefined ? {} : { location: statement.location };
      return {
        kind: 'create-database',
        database: statement.name.name,
        ifNotExists: statement.ifNotExists,
        ...location,
      };
    }
    case 'dropDatabase':
      return {
        kind: 'drop-database',
        database: statement.name.name,
        ifExists: statement.ifExists,
        cascade: statement.cascade,
      };
    case 'createExternalTable':
      return planExternalTable(statement, input);
    case 'repairTable':
      return { kind: 'repair-table', target: existing(statement.name, input) };
    case 'addPartitions':
    case 'dropPartitions':
      return planPartitions(statement, input);
    case 'dropTable':
      return { kind: 'drop-table', target: targetOf(statement.name, input), ifExists: statement.ifExists };
    default:
      return planWrite(statement, input);
  }
}

function targetOf(name: readonly Identifier[], input: QueryInput): TargetTable {
  const [table = '', database = input.database] = [...name].reverse().map((part) => part.name);
  return { database, table };
}

function existing(name: readonly Identifier[], input: QueryInput): TargetTable {
  const table = tableNamed(name, input);
  return { database: table.database, table: table.name };
}

const FORMATS: Readonly<Record<string, 'parquet' | 'csv'>> = {
  PARQUET: 'parquet',
  CSV: 'csv',
  TEXTFILE: 'csv',
};

function planExternalTable(statement: CreateExternalTable, input: QueryInput): Change {
  const format = FORMATS[statement.format];
  if (format === undefined)
    throw notSupportedFailure(input.sql, statement.at, `STORED AS ${statement.format}`);
  if (statement.location === undefined)
    throw meaningFailure(input.sql, statement.at, 'CREATE EXTERNAL TABLE needs a LOCATION');
  return {
    kind: 'create-external-table',
    target: targetOf(statement.name, input),
    ifNotExists: statement.ifNotExists,
    hiveColumns: statement.columns,
    partitionKeys: statement.partitionedBy,
    format,
    ...(statement.delimiter === undefined ? {} : { delimiter: statement.delimiter }),
    location: statement.location.endsWith('/') ? statement.location : `${statement.location}/`,
    ...(statement.comment === undefined ? {} : { description: statement.comment }),
    properties: statement.properties,
  };
}

function planPartitions(
  statement: Statement & { kind: 'addPartitions' | 'dropPartitions' },
  input: QueryInput,
): Change {
  const table = tableNamed(statement.name, input);
  const target = { database: table.database, table: table.name };
  if (statement.kind === 'dropPartitions') {
    return {
      kind: 'drop-partitions',
      target,
      ifExists: statement.ifExists,
      partitions: statement.partitions.map((spec) => valuesOf(spec, table, input)),
    };
  }
  const partitions = statement.partitions.map(({ spec, location }) => ({
    values: valuesOf(spec, table, input),
    ...(location === undefined ? {} : { location: location.endsWith('/') ? location : `${location}/` }),
  }));
  return { kind: 'add-partitions', target, ifNotExists: statement.ifNotExists, partitions };
}

/** The values in the order of the table's keys. */
function valuesOf(spec: PartitionSpec, table: KnownTable, input: QueryInput): string[] {
  const keys = table.columns.filter((column) => column.partition === true).map((column) => column.name);
  const [first] = spec;
  if (spec.length !== keys.length || spec.some(({ key }) => !keys.includes(key.name))) {
    throw meaningFailure(
      input.sql,
      first?.key.at ?? 0,
      `the partition keys of ${table.name} are (${keys.join(', ')})`,
    );
  }
  return keys.map((key) => spec.find((part) => part.key.name === key)?.value ?? '');
}

function planWrite(statement: Statement, input: QueryInput): Change {
  switch (statement.kind) {
    case 'createTableAs': {
      const properties = readProperties(statement.properties, input);
      const query = planWritten(planQuery(statement.query, input), properties, input);
      const location = properties.location === undefined ? {} : { location: properties.location };
      return {
        kind: 'create-table-as',
        target: targetOf(statement.name, input),
        ifNotExists: statement.ifNotExists,
        withData: statement.withData,
        ...location,
        query,
      };
    }
    case 'unload': {
      const properties = readProperties(statement.properties, input);
      return {
        kind: 'unload',
        location: statement.location,
        query: planWritten(planQuery(statement.query, input), properties, input),
      };
    }
    case 'insert':
      return planInsert(statement, input);
    default:
      throw notSupportedFailure(input.sql, 0, `the statement ${statement.kind}`);
  }
}

interface WriteProperties {
  readonly format: 'parquet' | 'csv';
  readonly compression: string;
  readonly partitionedBy: readonly string[];
  readonly location?: string;
}

function readProperties(properties: readonly Property[], input: QueryInput): WriteProperties {
  let read: WriteProperties = { format: 'parquet', compression: 'gzip', partitionedBy: [] };
  for (const { name, value, at } of properties) {
    switch (name) {
      case 'format': {
        const format = FORMATS[textOf(value, input).toUpperCase()];
        if (format === undefined)
          throw notSupportedFailure(input.sql, at, `the format ${textOf(value, input)}`);
        read = { ...read, format };
        break;
      }
      case 'compression':
      case 'write_compression':
      case 'parquet_compression': {
        const word = textOf(value, input).toLowerCase();
        read = { ...read, compression: word === 'none' ? 'uncompressed' : word };
        break;
      }
      case 'partitioned_by':
        read = { ...read, partitionedBy: textsOf(value, input) };
        break;
      case 'external_location':
        read = { ...read, location: textOf(value, input) };
        break;
      default:
        throw notSupportedFailure(input.sql, at, `the property ${name}`);
    }
  }
  return read;
}

function textOf(value: Expression, input: QueryInput): string {
  if (value.kind !== 'string')
    throw meaningFailure(input.sql, value.at, 'the property takes a text in single quotes');
  return value.value;
}

function textsOf(value: Expression, input: QueryInput): string[] {
  if (value.kind !== 'array')
    throw meaningFailure(input.sql, value.at, "the property takes a list: ARRAY['dt']");
  return value.items.map((item) => textOf(item, input).toLowerCase());
}

function planWritten(query: PlannedQuery, properties: WriteProperties, input: QueryInput): WrittenQuery {
  const columns = hiveColumns(query.columns, input);
  const keys = columns.slice(columns.length - properties.partitionedBy.length);
  if (keys.some((key, index) => key.name !== properties.partitionedBy[index])) {
    throw meaningFailure(
      input.sql,
      0,
      'Partition keys must be the last columns in the query and in the same order as the property partitioned_by',
    );
  }
  return {
    ...query,
    hiveColumns: columns.slice(0, columns.length - keys.length),
    partitionKeys: keys,
    format: properties.format,
    compression: properties.compression,
  };
}

function hiveColumns(columns: PlannedQuery['columns'], input: QueryInput): HiveColumnText[] {
  const names = new Set<string>();
  return columns.map((column) => {
    const name = column.name.toLowerCase();
    if (names.has(name)) throw meaningFailure(input.sql, 0, `Column name '${name}' specified more than once`);
    names.add(name);
    const type = column.type === 'unknown' ? undefined : hiveTypeText(typeOfText(column.type));
    if (type === undefined)
      throw meaningFailure(input.sql, 0, `Unsupported Hive type: ${column.type} (column ${name})`);
    return { name, type };
  });
}

/** The rows in the table's own columns and types; columns that are not named are NULL. */
function planInsert(statement: Statement & { kind: 'insert' }, input: QueryInput): Change {
  const table = tableNamed(statement.name, input);
  const at = statement.name[0]?.at ?? 0;
  if (table.viewSql !== undefined)
    throw meaningFailure(input.sql, at, 'Inserting into views is not supported');
  const columns = table.columns.filter((column) => column.hidden !== true);
  const names = statement.columns?.map((column) => column.name) ?? columns.map((column) => column.name);
  const query = planQuery(statement.query, input);
  const targets = names.map((name) => columns.find((column) => column.name === name));
  const mismatched =
    targets.length !== query.columns.length ||
    targets.some((column, index) => {
      const given = query.columns[index]?.type ?? 'unknown';
      return (
        column === undefined ||
        (given !== 'unknown' &&
          !canCoerce(typeOfText(given), column.type) &&
          !(given.startsWith('varchar') && column.type.base === 'varchar'))
      );
    });
  if (mismatched) {
    const wanted = targets.map((column) => (column === undefined ? '?' : typeText(column.type))).join(', ');
    const given = query.columns.map((column) => column.type).join(', ');
    throw meaningFailure(
      input.sql,
      at,
      `Insert query has mismatched column types: Table: [${wanted}], Query: [${given}]`,
    );
  }
  const items = columns.map((column) => {
    const index = names.indexOf(column.name);
    const value = index === -1 ? 'NULL' : `given.i${index}`;
    return `CAST(${value} AS ${duckdbType(column.type)}) AS ${quoteName(column.name)}`;
  });
  const aliases = names.map((_, index) => `i${index}`).join(', ');
  const duckdbSql = `SELECT ${items.join(', ')} FROM (${query.duckdbSql}) AS given(${aliases})`;
  const described = columns.map((column) => ({
    name: column.name,
    type: column.hiveType ?? hiveTypeText(column.type) ?? 'string',
  }));
  const keys = described.filter((_, index) => columns[index]?.partition === true);
  return {
    kind: 'insert',
    target: { database: table.database, table: table.name },
    query: {
      duckdbSql,
      columns: columns.map((column) => ({ name: column.name, type: typeText(column.type) })),
      tables: query.tables,
      hiveColumns: described.filter((_, index) => columns[index]?.partition !== true),
      partitionKeys: keys,
      format: table.format ?? 'parquet',
      compression: 'gzip',
    },
  };
}
