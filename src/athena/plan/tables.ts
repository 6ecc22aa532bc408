import type { Type } from '../types/type.ts';

export interface TableColumn {
  /** In lower case. */
  readonly name: string;
  readonly type: Type;
  /** The catalog's word for the type, `array<string>`, for SHOW and DESCRIBE. */
  readonly hiveType?: string;
  /** Of a timestamp: the relation's column with the value that it is rounded from, which no query can name. */
  readonly exactColumn?: string;
  /** Reached by name only: `$path`. */
  readonly hidden?: boolean;
  /** A partition key. */
  readonly partition?: boolean;
  readonly comment?: string;
}

/** A table or view as the planner sees it. */
export interface KnownTable {
  readonly database: string;
  readonly name: string;
  readonly columns: readonly TableColumn[];
  /** For a view: the query it stands for. */
  readonly viewSql?: string;
  /** What stands in FROM for it; else the quoted names of its database and itself. */
  readonly relationSql?: string;
  readonly location?: string;
  readonly format?: 'parquet' | 'csv';
  readonly description?: string;
  readonly properties?: Readonly<Record<string, string>>;
  /** One value per partition key, in order; for SHOW PARTITIONS and `"table$partitions"`. */
  readonly partitions?: readonly (readonly string[])[];
}

/** Finds tables by their lower-case names. */
export interface Tables {
  find(database: string, name: string): KnownTable | undefined;
}

/** All that a statement may need to know of the catalog. */
export interface KnownCatalog {
  readonly databases: readonly string[];
  readonly tables: readonly KnownTable[];
}
