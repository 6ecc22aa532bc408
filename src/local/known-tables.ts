import type { KnownCatalog, KnownTable, TableColumn } from '../athena/plan/tables.ts';
import { type NamedTable, type ParsedStatement, readStatement } from '../athena/statement-needs.ts';
import { VARCHAR } from '../athena/types/type.ts';
import type { Catalog, CatalogPartition, CatalogTable } from '../platform/catalog.ts';
import { exactColumnOf, isTimestamp, parsedType, relationOf } from './lake-relation.ts';

/** Parameters of a view: Glue marks it like this, and dp keeps its SQL beside the mark. */
export const VIEW_MARK = 'presto_view';
export const VIEW_SQL = 'dp.view_sql';

/** What a statement knows of the catalog: one moment of it. */
export interface KnownLake {
  readonly catalog: KnownCatalog;
  /** Bytes of all files of a known table. */
  bytesOf(table: KnownTable): number;
  /** The catalog's own entry of a table that was named. */
  entryOf(name: NamedTable): CatalogTable | undefined;
}

/** Reads from the catalog what planning the statement needs: the tables it names, and those that views among them name. */
export async function readKnownLake(
  parsed: readonly ParsedStatement[],
  { catalog }: { readonly catalog: Catalog },
): Promise<KnownLake> {
  const found = new Map<string, Found | undefined>();
  const look = async (name: NamedTable): Promise<void> => {
    const key = keyOf(name);
    if (found.has(key)) return;
    found.set(key, undefined);
    const entry = await catalog.findTable({ database: name.database, table: name.table });
    if (entry === undefined) return;
    const one = await readTable(entry, catalog);
    found.set(key, one);
    const { viewSql } = one.known;
    if (viewSql === undefined) return;
    for (const inner of readStatement(viewSql, entry.database).tables) await look(inner);
  };
  for (const name of parsed.flatMap((statement) => statement.tables)) await look(name);
  const isWhole = parsed.some((statement) => statement.wholeCatalog);
  const databases = isWhole ? await catalog.listDatabases() : [];
  const others = (await Promise.all(databases.map((database) => catalog.listTables(database)))).flat();
  const known = [...found.values()].filter((one) => one !== undefined);
  const rest = others
    .filter((entry) => found.get(keyOf({ database: entry.database, table: entry.name })) === undefined)
    .map((entry) => knownTable(entry, []));
  const bytes = new Map(known.map((one) => [one.known, one.bytes]));
  return {
    catalog: { databases, tables: [...known.map((one) => one.known), ...rest] },
    bytesOf: (table) => bytes.get(table) ?? 0,
    entryOf: (name) => found.get(keyOf(name))?.entry,
  };
}

interface Found {
  readonly entry: CatalogTable;
  readonly known: KnownTable;
  readonly bytes: number;
}

function keyOf({ database, table }: NamedTable): string {
  return `${database}.${table}`;
}

async function readTable(entry: CatalogTable, catalog: Catalog): Promise<Found> {
  const name = { database: entry.database, table: entry.name };
  const partitions = entry.partitionKeys.length > 0 ? await catalog.listPartitions(name) : [];
  const known = knownTable(entry, partitions);
  if (known.viewSql !== undefined) return { entry, known, bytes: 0 };
  const { sql, bytes } = await relationOf(entry, partitions);
  return { entry, known: { ...known, relationSql: sql }, bytes };
}

function knownTable(entry: CatalogTable, partitions: readonly CatalogPartition[]): KnownTable {
  const column = (item: CatalogTable['columns'][number]): TableColumn => ({
    name: item.name.toLowerCase(),
    type: parsedType(item),
    hiveType: item.type,
    ...(item.comment === undefined ? {} : { comment: item.comment }),
  });
  const columns = [
    ...entry.columns.map((item) => ({
      ...column(item),
      ...(isTimestamp(item) ? { exactColumn: exactColumnOf(item.name) } : {}),
    })),
    ...entry.partitionKeys.map((key) => ({ ...column(key), partition: true })),
  ];
  const viewSql = entry.parameters[VIEW_SQL];
  const description = entry.description === undefined ? {} : { description: entry.description };
  const base = { database: entry.database, name: entry.name, properties: entry.parameters, ...description };
  if (viewSql !== undefined) return { ...base, columns, viewSql };
  return {
    ...base,
    columns: [...columns, { name: '$path', type: VARCHAR, hidden: true }],
    location: entry.location,
    format: entry.format,
    partitions: partitions.map((partition) => partition.values),
  };
}
