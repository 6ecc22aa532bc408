import { BIGINT, duckdbType, type Type, typeText, VARCHAR } from '../types/type.ts';
import { quoteText } from './bound.ts';
import type { KnownCatalog, KnownTable, TableColumn, Tables } from './tables.ts';

const CATALOG = 'awsdatacatalog';

/** Finds the catalog's tables, their `$partitions`, and the tables of information_schema that describe them all. */
export function tablesOf(catalog: KnownCatalog): Tables {
  return {
    find(database, name) {
      if (database === 'information_schema') return describedAs(name, catalog);
      const known = catalog.tables.find((table) => table.database === database && table.name === name);
      if (known !== undefined || !name.endsWith('$partitions')) return known;
      const base = name.slice(0, -'$partitions'.length);
      const table = catalog.tables.find(
        (candidate) => candidate.database === database && candidate.name === base,
      );
      return table === undefined ? undefined : partitionsOf(table);
    },
  };
}

/** What Hive calls the partition of rows whose key is NULL. */
const NULL_PARTITION = '__HIVE_DEFAULT_PARTITION__';

function partitionsOf(table: KnownTable): KnownTable | undefined {
  const keys = table.columns.filter((column) => column.partition === true);
  if (keys.length === 0) return undefined;
  return {
    database: table.database,
    name: `${table.name}$partitions`,
    columns: keys.map(({ name, type }) => ({ name, type })),
    relationSql: valuesSql(
      keys,
      (table.partitions ?? []).map((values) =>
        values.map((value) => (value === NULL_PARTITION ? undefined : value)),
      ),
    ),
  };
}

type Cell = string | number | undefined;

function describedAs(name: string, catalog: KnownCatalog): KnownTable | undefined {
  const described = DESCRIPTIONS[name];
  if (described === undefined) return undefined;
  const columns = described.columns.map(([column, type]): TableColumn => ({ name: column, type }));
  return {
    database: 'information_schema',
    name,
    columns,
    relationSql: valuesSql(columns, described.rows(catalog)),
  };
}

interface Description {
  readonly columns: readonly (readonly [string, Type])[];
  readonly rows: (catalog: KnownCatalog) => Cell[][];
}

const TABLE_COLUMNS = [
  ['table_catalog', VARCHAR],
  ['table_schema', VARCHAR],
  ['table_name', VARCHAR],
] as const;

const DESCRIPTIONS: Readonly<Record<string, Description>> = {
  schemata: {
    columns: [
      ['catalog_name', VARCHAR],
      ['schema_name', VARCHAR],
    ],
    rows: (catalog) => [...catalog.databases, 'information_schema'].map((database) => [CATALOG, database]),
  },
  tables: {
    columns: [...TABLE_COLUMNS, ['table_type', VARCHAR]],
    rows: (catalog) =>
      catalog.tables.map((table) => [
        CATALOG,
        table.database,
        table.name,
        table.viewSql === undefined ? 'BASE TABLE' : 'VIEW',
      ]),
  },
  views: {
    columns: [...TABLE_COLUMNS, ['view_definition', VARCHAR]],
    rows: (catalog) =>
      catalog.tables
        .filter((table) => table.viewSql !== undefined)
        .map((table) => [CATALOG, table.database, table.name, table.viewSql]),
  },
  columns: {
    columns: [
      ...TABLE_COLUMNS,
      ['column_name', VARCHAR],
      ['ordinal_position', BIGINT],
      ['column_default', VARCHAR],
      ['is_nullable', VARCHAR],
      ['data_type', VARCHAR],
    ],
    rows: (catalog) => catalog.tables.flatMap(columnRows),
  },
};

function columnRows(table: KnownTable): Cell[][] {
  const visible = table.columns.filter((column) => column.hidden !== true);
  return visible.map((column, index) => [
    CATALOG,
    table.database,
    table.name,
    column.name,
    index + 1,
    undefined,
    'YES',
    typeText(column.type),
  ]);
}

function valuesSql(columns: readonly TableColumn[], rows: readonly (readonly Cell[])[]): string {
  const names = columns.map((column) => `"${column.name}"`).join(', ');
  const cast = (sql: string, { type }: TableColumn): string => `CAST(${sql} AS ${duckdbType(type)})`;
  const nulls = columns.map((column) => cast('NULL', column)).join(', ');
  const typed = columns.map((column) => `${cast(`"${column.name}"`, column)} AS "${column.name}"`).join(', ');
  const lines = rows.map((row) => `(${row.map(cellSql).join(', ')})`);
  // The line of NULLs gives the columns their types when there is nothing else to give them.
  return `(SELECT ${typed} FROM (VALUES ${[`(${nulls})`, ...lines].join(', ')}) AS known(${names}) OFFSET 1)`;
}

function cellSql(cell: Cell): string {
  if (cell === undefined) return 'NULL';
  return typeof cell === 'number' ? String(cell) : quoteText(cell);
}
