/** What tables there are and where each partition's files lie: the Glue Data Catalog, or JSON files that mean the same. */

export interface CatalogColumn {
  readonly name: string;
  /** Hive's word, as Glue stores it: `bigint`, `decimal(12,2)`, `timestamp`, `string`. */
  readonly type: string;
  readonly comment?: string;
}

export interface CatalogTable {
  readonly database: string;
  readonly name: string;
  readonly description?: string;
  readonly columns: readonly CatalogColumn[];
  readonly partitionKeys: readonly CatalogColumn[];
  readonly format: 'parquet' | 'csv';
  /** Where partition-unaware readers look; for published tables an empty prefix on purpose. A lake URI. */
  readonly location: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface CatalogPartition {
  /** One value per partition key, in order: `['2026-11-22']`. */
  readonly values: readonly string[];
  /** The folder whose files are the partition's rows. A lake URI ending in `/`. */
  readonly location: string;
  /** `dp.run_id`, `dp.previous_location`, `dp.rows`, `dp.bytes`, … as text, as Glue keeps them. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface TableName {
  readonly database: string;
  readonly table: string;
}

export interface Catalog {
  listDatabases(): Promise<string[]>;
  ensureDatabase(database: string): Promise<void>;
  listTables(database: string): Promise<CatalogTable[]>;
  findTable(name: TableName): Promise<CatalogTable | undefined>;
  /** Creates the table or replaces its definition. Partitions stay. */
  putTable(table: CatalogTable): Promise<void>;
  deleteTable(name: TableName): Promise<void>;
  /** Sorted by values. */
  listPartitions(name: TableName): Promise<CatalogPartition[]>;
  findPartition(name: TableName, values: readonly string[]): Promise<CatalogPartition | undefined>;
  /** Points a partition at its files, creating it when it is missing: one atomic switch, readers see old or new. */
  switchPartition(name: TableName, partition: CatalogPartition): Promise<void>;
  deletePartition(name: TableName, values: readonly string[]): Promise<void>;
}
