/** Where SQL over the lake runs: Athena, or DuckDB speaking Athena's dialect. */

/**
 * One value of a result. Exact: bigints beyond 2^53 are `bigint`, decimals are text (`12.30`), dates and
 * timestamps are text (`2026-11-22`, `2026-11-22 01:02:03.5`), binary is bytes. Arrays, maps and rows nest.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [field: string]: Value };

export interface ResultColumn {
  /** As the query named it; two columns may share a name. */
  readonly name: string;
  /** Athena's word: `bigint`, `decimal(12,2)`, `timestamp(6)`, `array(varchar)`. */
  readonly type: string;
}

export interface QueryStats {
  readonly queryId: string;
  readonly queuedMs: number;
  readonly planningMs: number;
  readonly executionMs: number;
  /** Bytes read from the lake; what Athena bills by. */
  readonly scannedBytes: number;
  readonly rows: number;
  readonly reused: boolean;
  /** How the rows arrived: `duckdb`, `api`, `s3`, … */
  readonly fetchPath: string;
}

export interface QueryRequest {
  readonly sql: string;
  /** The schema of bare table names. */
  readonly database: string;
  /** Values for `?` markers, in order, as SQL literals are written by the operator. */
  readonly parameters?: readonly string[];
  /** Aborting stops the query in the engine as well. */
  readonly signal?: AbortSignal;
}

/** A running query. Columns are known; rows are read once, in batches; stats are final after the last batch. */
export interface QueryResult {
  readonly columns: readonly ResultColumn[];
  batches(): AsyncIterable<readonly (readonly Value[])[]>;
  stats(): QueryStats;
}

export interface Warehouse {
  /** Starts a query and waits until its columns are known. Throws a Failure that points at the place in the SQL. */
  run(request: QueryRequest): Promise<QueryResult>;
  /** Writes a result to one Parquet file at `path` on this machine, streaming. Gives the rows written. */
  writeParquet(request: QueryRequest, path: string): Promise<QueryStats>;
}
