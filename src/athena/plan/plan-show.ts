import { meaningFailure, notSupportedFailure } from '../errors.ts';
import { FUNCTIONS } from '../functions/functions.ts';
import type { Statement } from '../sql/statement.ts';
import type { Identifier } from '../sql/tree.ts';
import { hiveTypeText } from '../types/hive.ts';
import type { QueryInput } from './plan-query.ts';
import type { KnownCatalog, KnownTable, TableColumn } from './tables.ts';

interface Shown {
  readonly kind: 'rows';
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly string[])[];
}

/** The answer of a SHOW or DESCRIBE statement; undefined for other statements. */
export function showStatement(
  statement: Statement,
  input: QueryInput,
  catalog: KnownCatalog,
): Shown | undefined {
  switch (statement.kind) {
    case 'showDatabases':
      return shown(
        ['database_name'],
        filtered(catalog.databases, statement).map((name) => [name]),
      );
    case 'showTables':
    case 'showViews':
      return showTables(statement, input, catalog);
    case 'showColumns':
      return shown(
        ['field'],
        visible(tableNamed(statement.table, input)).map((column) => [column.name]),
      );
    case 'describe':
      return describe(tableNamed(statement.table, input));
    case 'showPartitions':
      return showPartitions(statement.table, input);
    case 'showCreateTable':
    case 'showCreateView':
      return showCreate(statement.table, input);
    case 'showTableProperties': {
      const table = tableNamed(statement.table, input);
      return shown(['prpt_name', 'prpt_value'], Object.entries(table.properties ?? {}));
    }
    case 'showFunctions':
      return shown(
        ['Function'],
        [...FUNCTIONS.keys()].sort().map((name) => [name]),
      );
    default:
      return undefined;
  }
}

function shown(names: readonly string[], rows: readonly (readonly string[])[]): Shown {
  return { kind: 'rows', columns: names.map((name) => ({ name, type: 'varchar' })), rows };
}

/** Athena's own patterns know `*` and `|`; LIKE's know `%` and `_`. */
function filtered(
  names: readonly string[],
  by: { readonly pattern?: string; readonly like: boolean },
): string[] {
  const sorted = [...names].sort();
  if (by.pattern === undefined) return sorted;
  // After LIKE both are understood: Trino's signs where there is one, else Hive's.
  const isTrino = by.like && !/[*|]/.test(by.pattern);
  const parts = isTrino ? [by.pattern] : by.pattern.split('|');
  const sources = parts.map((part) =>
    isTrino
      ? escaped(part).replaceAll('%', '.*').replaceAll('_', '.')
      : part.split('*').map(escaped).join('.*'),
  );
  const pattern = new RegExp(`^(?:${sources.join('|')})$`, 'i');
  return sorted.filter((name) => pattern.test(name));
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function showTables(
  statement: Statement & { kind: 'showTables' | 'showViews' },
  input: QueryInput,
  catalog: KnownCatalog,
): Shown {
  const database = statement.database?.name ?? input.database;
  if (!catalog.databases.includes(database)) {
    throw meaningFailure(input.sql, statement.database?.at ?? 0, `Schema '${database}' does not exist`);
  }
  const isView = statement.kind === 'showViews';
  const tables = catalog.tables.filter(
    (table) => table.database === database && (!isView || table.viewSql !== undefined),
  );
  const names = filtered(
    tables.map((table) => table.name),
    statement,
  );
  return shown(
    [isView ? 'views' : 'tab_name'],
    names.map((name) => [name]),
  );
}

/** The table a statement is about, or a Failure that there is none. */
export function tableNamed(name: readonly Identifier[], input: QueryInput): KnownTable {
  const [table = '', database = input.database] = [...name].reverse().map((part) => part.name);
  const known = input.tables.find(database, table);
  if (known !== undefined) return known;
  throw meaningFailure(input.sql, name[0]?.at ?? 0, `Table '${database}.${table}' does not exist`);
}

function visible(table: KnownTable): TableColumn[] {
  return table.columns.filter((column) => column.hidden !== true);
}

function typeOf(column: TableColumn): string {
  return column.hiveType ?? hiveTypeText(column.type) ?? column.type.base;
}

function describe(table: KnownTable): Shown {
  const line = (column: TableColumn): string[] => [column.name, typeOf(column), column.comment ?? ''];
  const columns = visible(table);
  const keys = columns.filter((column) => column.partition === true);
  const partitions = [
    ['', '', ''],
    ['# Partition Information', '', ''],
    ['# col_name', 'data_type', 'comment'],
    ['', '', ''],
    ...keys.map(line),
  ];
  return shown(
    ['col_name', 'data_type', 'comment'],
    [...columns.map(line), ...(keys.length === 0 ? [] : partitions)],
  );
}

function showPartitions(name: readonly Identifier[], input: QueryInput): Shown {
  const table = tableNamed(name, input);
  const keys = table.columns.filter((column) => column.partition === true);
  if (keys.length === 0)
    throw meaningFailure(input.sql, name[0]?.at ?? 0, `Table ${table.name} is not a partitioned table`);
  const rows = (table.partitions ?? []).map((values) => [
    keys.map((key, index) => `${key.name}=${values[index] ?? ''}`).join('/'),
  ]);
  return shown(['partition'], rows);
}

function showCreate(name: readonly Identifier[], input: QueryInput): Shown {
  const table = tableNamed(name, input);
  if (table.viewSql !== undefined) {
    const lines = [`CREATE VIEW ${table.database}.${table.name} AS`, ...table.viewSql.split('\n')];
    return shown(
      ['Create View'],
      lines.map((line) => [line]),
    );
  }
  if (table.location === undefined)
    throw notSupportedFailure(input.sql, 0, `SHOW CREATE TABLE of ${table.name}`);
  const column = (item: TableColumn): string =>
    `\`${item.name}\` ${typeOf(item)}${item.comment === undefined ? '' : ` COMMENT '${item.comment.replaceAll("'", "\\'")}'`}`;
  const all = visible(table);
  const list = (items: readonly TableColumn[]): string[] =>
    items.map((item, index) => `  ${column(item)}${index === items.length - 1 ? ')' : ', '}`);
  const keys = all.filter((item) => item.partition === true);
  const lines = [
    `CREATE EXTERNAL TABLE \`${table.database}.${table.name}\`(`,
    ...list(all.filter((item) => item.partition !== true)),
    ...(keys.length === 0 ? [] : ['PARTITIONED BY (', ...list(keys)]),
    ...(table.format === 'csv'
      ? ["ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'"]
      : ['STORED AS PARQUET']),
    'LOCATION',
    `  '${table.location}'`,
  ];
  return shown(
    ['createtab_stmt'],
    lines.map((line) => [line]),
  );
}
