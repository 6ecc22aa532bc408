import type { KnownTable, TableColumn } from '../athena/plan/tables.ts';
import { typeOfText } from '../athena/sql/parse-type.ts';
import { duckdbType, VARCHAR } from '../athena/types/type.ts';
import type { CatalogColumn, CatalogPartition, CatalogTable } from '../platform/catalog.ts';

/** The parameter of a catalog table that makes it a view: the query it stands for. */
export const VIEW_SQL_PARAMETER = 'dp.view_sql';
/** Athena's hidden column: the file a row comes from. The warehouse's relation must offer it. */
export const PATH_COLUMN = '$path';

/** A catalog's table as the planner takes it. */
export function knownTable(table: CatalogTable, partitions: readonly CatalogPartition[]): KnownTable {
  const viewSql = table.parameters[VIEW_SQL_PARAMETER];
  const columns = [
    ...table.columns.map((column) => knownColumn(column, false)),
    ...table.partitionKeys.map((column) => knownColumn(column, true)),
  ];
  const path: TableColumn = { name: PATH_COLUMN, type: VARCHAR, hidden: true };
  return {
    database: table.database.toLowerCase(),
    name: table.name.toLowerCase(),
    columns: viewSql === undefined ? [...columns, path] : columns,
    location: table.location,
    format: table.format,
    properties: table.parameters,
    ...(table.description === undefined ? {} : { description: table.description }),
    ...(viewSql === undefined ? {} : { viewSql }),
    ...(table.partitionKeys.length === 0 ? {} : { partitions: partitions.map(({ values }) => values) }),
  };
}

function knownColumn(column: CatalogColumn, partition: boolean): TableColumn {
  return {
    name: column.name.toLowerCase(),
    type: typeOfText(column.type),
    hiveType: column.type,
    ...(partition ? { partition } : {}),
    ...(column.comment === undefined ? {} : { comment: column.comment }),
  };
}

/**
 * DuckDB's type for a column of the catalog, for the casts of the relation that stands for a table. Athena reads
 * Hive's `timestamp` in milliseconds: a relation should round what its files hold beyond them.
 */
export function relationType(column: CatalogColumn): string {
  return duckdbType(typeOfText(column.type));
}
