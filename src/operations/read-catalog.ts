import type { Catalog, CatalogPartition, CatalogTable } from '../platform/catalog.ts';
import { tableUnknown } from './etl-errors.ts';

export interface ReadCatalogDeps {
  readonly catalog: Catalog;
}

export interface ListedTable {
  readonly database: string;
  readonly name: string;
  readonly description: string;
  /** `parquet`, `csv`; `mysql` for what a crawler found in the database. */
  readonly format: string;
  readonly partitions: number;
  readonly rows: number;
  readonly bytes: number;
}

/** Every table of every database, with what its partitions say they hold. */
export async function listCatalog(
  input: { readonly database?: string },
  { catalog }: ReadCatalogDeps,
): Promise<{ readonly tables: readonly ListedTable[] }> {
  const databases = input.database === undefined ? await catalog.listDatabases() : [input.database];
  const tables: ListedTable[] = [];
  for (const database of databases) {
    for (const table of await catalog.listTables(database)) {
      const partitions = await catalog.listPartitions({ database, table: table.name });
      tables.push({
        database,
        name: table.name,
        description: table.description ?? '',
        format: table.parameters.classification ?? table.format,
        partitions: partitions.length,
        rows: total(partitions, 'dp.rows'),
        bytes: total(partitions, 'dp.bytes'),
      });
    }
  }
  return { tables };
}

/** One table's definition. Throws a Failure that lists the tables there are. */
export async function showTable(
  name: { readonly database: string; readonly table: string },
  { catalog }: ReadCatalogDeps,
): Promise<CatalogTable> {
  const table = await catalog.findTable(name);
  if (table !== undefined) return table;
  const known = await catalog.listTables(name.database);
  throw tableUnknown(
    name.table,
    known.map((one) => one.name),
  );
}

/** One table's partitions, in order. Throws a Failure for a table the catalog does not have. */
export async function listPartitions(
  name: { readonly database: string; readonly table: string },
  deps: ReadCatalogDeps,
): Promise<{ readonly partitions: readonly CatalogPartition[] }> {
  await showTable(name, deps);
  return { partitions: await deps.catalog.listPartitions(name) };
}

function total(partitions: readonly CatalogPartition[], parameter: string): number {
  return partitions.reduce((sum, partition) => sum + Number(partition.parameters[parameter] ?? 0), 0);
}
