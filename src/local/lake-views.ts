import { fileURLToPath } from 'node:url';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Catalog, CatalogPartition, CatalogTable } from '../platform/catalog.ts';
import { identifier, literal } from './duckdb.ts';

export interface LakeView {
  readonly table: CatalogTable;
  readonly partitions: readonly CatalogPartition[];
}

/**
 * Gives the tables that the SQL names to DuckDB as views over the files the catalog points at just now, so
 * that one query sees one state of the lake. Tables it does not name cost nothing.
 */
export async function showTables(
  connection: DuckDBConnection,
  input: { readonly sql: string; readonly database: string; readonly catalog: Catalog },
): Promise<LakeView[]> {
  const views: LakeView[] = [];
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${identifier(input.database)}`);
  await connection.run(`USE ${identifier(input.database)}`);
  for (const name of namedTables(connection, input)) {
    const table = await input.catalog.findTable(name);
    if (table === undefined) continue;
    const partitions = table.partitionKeys.length > 0 ? await input.catalog.listPartitions(name) : [];
    await connection.run(`CREATE SCHEMA IF NOT EXISTS ${identifier(table.database)}`);
    await connection.run(
      `CREATE OR REPLACE VIEW ${identifier(table.database)}.${identifier(table.name)} AS ${viewOf(table, partitions)}`,
    );
    views.push({ table, partitions });
  }
  return views;
}

function namedTables(
  connection: DuckDBConnection,
  input: { readonly sql: string; readonly database: string },
): { database: string; table: string }[] {
  let names: readonly string[];
  try {
    names = connection.getTableNames(input.sql, true);
  } catch {
    return []; // Not SQL that DuckDB can parse: running it says so, with the place.
  }
  return names.map((name) => {
    // DuckDB names a table together with its alias: `orders AS o`.
    const parts = name
      .replace(/ AS ("[^"]*"|\S+)$/, '')
      .split('.')
      .map((part) => part.replace(/^"(.*)"$/, '$1').toLowerCase());
    const table = parts.at(-1) ?? '';
    return { database: parts.at(-2) ?? input.database, table };
  });
}

function viewOf(table: CatalogTable, partitions: readonly CatalogPartition[]): string {
  const columns = [...table.columns, ...table.partitionKeys];
  const folders =
    table.partitionKeys.length > 0 ? partitions.map((partition) => partition.location) : [table.location];
  const withRows = folders.filter((_, index) => partitions[index]?.parameters['dp.rows'] !== '0');
  if (withRows.length === 0) return emptyView(columns);
  const files = withRows.map((folder) => literal(`${pathOf(folder)}*.${table.format}`)).join(', ');
  const keys = table.partitionKeys.map((key) => `${literal(key.name)}: 'VARCHAR'`).join(', ');
  const hive =
    table.partitionKeys.length > 0
      ? `hive_partitioning = true, hive_types = {${keys}}`
      : 'hive_partitioning = false';
  const casts = columns.map(
    (column) =>
      `CAST(${identifier(column.name)} AS ${duckdbType(column.type)}) AS ${identifier(column.name)}`,
  );
  const source =
    table.format === 'parquet'
      ? `read_parquet([${files}], union_by_name = true, ${hive})`
      : `read_csv([${files}], header = true, all_varchar = true, nullstr = '', allow_quoted_nulls = false, quote = '"', escape = '"', delim = ',', union_by_name = true, ${hive})`;
  return `SELECT ${casts.join(', ')} FROM ${source}`;
}

function emptyView(columns: CatalogTable['columns']): string {
  const nulls = columns.map(
    (column) => `CAST(NULL AS ${duckdbType(column.type)}) AS ${identifier(column.name)}`,
  );
  return `SELECT ${nulls.join(', ')} WHERE false`;
}

function pathOf(location: string): string {
  return location.startsWith('file://') ? fileURLToPath(location) : location;
}

/** Hive's word for a type in DuckDB's. */
export function duckdbType(hive: string): string {
  return hive
    .replace(/^string$/, 'VARCHAR')
    .replace(/^int$/, 'INTEGER')
    .replace(/^binary$/, 'BLOB')
    .toUpperCase();
}
