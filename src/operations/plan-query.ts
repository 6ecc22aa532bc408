import { priceOfScan, type ScanRate, scanRateOf } from '../athena/price.ts';
import { statementKind } from '../athena/statement.ts';
import { tableReads } from '../athena/table-reads.ts';
import type { Catalog, CatalogPartition, CatalogTable } from '../platform/catalog.ts';
import type { Lake } from '../platform/lake.ts';
import type { PlannedRead, QueryRequest, Warehouse } from '../platform/warehouse.ts';

export interface PlanQueryInput extends QueryRequest {
  /** Whose price is taken. */
  readonly region: string;
}

export interface PlanQueryDeps {
  readonly warehouse: Warehouse;
  readonly catalog: Catalog;
  readonly lake: Lake;
}

export interface PlannedTable {
  readonly table: string;
  readonly partitionsRead: number;
  readonly partitions: number;
  /** Bytes of the files of the partitions that are read; undefined when they cannot be known from here. */
  readonly bytes: number | undefined;
  /** Whether the table has partitions and the query names none of them. */
  readonly isUnfiltered: boolean;
}

export interface QueryEstimate {
  readonly valid: true;
  readonly statement: string;
  readonly tables: readonly PlannedTable[];
  /** The most the query scans: it reads only the columns it needs. Undefined when a table's size is not known. */
  readonly bytesMax: number | undefined;
  /** What that costs on Athena, with its least charge; undefined with the bytes. */
  readonly usdMax: number | undefined;
  readonly usdPerTerabyte: number;
  /** Where that price is from, and how much it is worth. */
  readonly rate: ScanRate;
  readonly region: string;
  readonly warnings: readonly string[];
}

/**
 * Checks a statement without running it, and reckons what it would read and cost at most: the files of the partitions
 * it reads. Throws the engine's Failure when the statement is wrong.
 */
export async function planQuery(input: PlanQueryInput, deps: PlanQueryDeps): Promise<QueryEstimate> {
  const kind = statementKind(input.sql);
  const reads = await findReads(input, deps);
  const tables: PlannedTable[] = [];
  for (const read of reads) {
    const planned = await planTable(read, deps);
    if (planned !== undefined) tables.push(planned);
  }
  const unknown = tables.some((table) => table.bytes === undefined);
  const bytesMax = unknown ? undefined : tables.reduce((sum, table) => sum + (table.bytes ?? 0), 0);
  const free = kind.words === 'EXPLAIN' || (kind.effect === 'read' && !kind.isSelect);
  const price = priceOfScan({ scannedBytes: bytesMax ?? 0, region: input.region, free });
  return {
    valid: true,
    statement: kind.words,
    tables,
    bytesMax,
    usdMax: bytesMax === undefined ? undefined : price.usd,
    usdPerTerabyte: price.usdPerTerabyte,
    rate: scanRateOf(input.region),
    region: price.region,
    warnings: tables.filter((table) => table.isUnfiltered).map(unfiltered),
  };
}

function unfiltered({ table, partitions }: PlannedTable): string {
  return `${table}: no condition on its partition key, so all ${partitions} partitions are read.`;
}

/** The engine's own plan where it has one; else EXPLAIN checks the statement, and its text says what it reads. */
async function findReads(
  input: PlanQueryInput,
  { warehouse }: PlanQueryDeps,
): Promise<readonly PlannedRead[]> {
  if (warehouse.plan !== undefined) return (await warehouse.plan(input)).reads;
  const { effect, isSelect } = statementKind(input.sql);
  if (isSelect || effect !== 'read') {
    const result = await warehouse.run({ ...input, sql: `EXPLAIN ${input.sql}` });
    for await (const _ of result.batches());
  }
  return tableReads(input.sql, input.database).map(({ schema, table, limits }) => ({
    database: schema,
    table,
    reads:
      Object.keys(limits).length === 0
        ? undefined
        : (keys) => Object.entries(keys).every(([name, value]) => limits[name]?.(value) ?? true),
  }));
}

async function planTable(read: PlannedRead, deps: PlanQueryDeps): Promise<PlannedTable | undefined> {
  const table = await deps.catalog.findTable({ database: read.database, table: read.table });
  if (table === undefined) return undefined;
  const name = { database: table.database, table: table.name };
  if (table.partitionKeys.length === 0) {
    const bytes = await bytesBelow(table.location, deps.lake);
    return { table: table.name, partitionsRead: 0, partitions: 0, bytes, isUnfiltered: false };
  }
  const partitions = await deps.catalog.listPartitions(name);
  const wanted = partitions.filter((partition) => read.reads?.(keysOf(table, partition)) ?? true);
  const sizes = await Promise.all(wanted.map((partition) => bytesOf(partition, deps.lake)));
  return {
    table: table.name,
    partitionsRead: wanted.length,
    partitions: partitions.length,
    bytes: sizes.reduce((sum, size) => (sum === undefined || size === undefined ? undefined : sum + size), 0),
    isUnfiltered: partitions.length > 1 && wanted.length === partitions.length && !filtersKey(read, table),
  };
}

/** Whether some value of the keys would be left out: a filter that lets everything through is none. */
function filtersKey(read: PlannedRead, table: CatalogTable): boolean {
  if (read.reads === undefined) return false;
  const nothing = Object.fromEntries(table.partitionKeys.map((key) => [key.name, '']));
  const everything = Object.fromEntries(table.partitionKeys.map((key) => [key.name, '\uffff']));
  return !read.reads(nothing) || !read.reads(everything);
}

function keysOf(table: CatalogTable, partition: CatalogPartition): Record<string, string> {
  return Object.fromEntries(
    table.partitionKeys.map((key, index) => [key.name, partition.values[index] ?? '']),
  );
}

async function bytesOf(partition: CatalogPartition, lake: Lake): Promise<number | undefined> {
  const written = Number(partition.parameters['dp.bytes']);
  return Number.isFinite(written) ? written : bytesBelow(partition.location, lake);
}

async function bytesBelow(location: string, lake: Lake): Promise<number | undefined> {
  if (!location.startsWith(lake.root)) return undefined;
  const objects = await lake.list(location.slice(lake.root.length));
  return objects.reduce((sum, object) => sum + object.bytes, 0);
}
