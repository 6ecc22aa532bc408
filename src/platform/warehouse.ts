/** Where SQL over the lake runs: Athena, or DuckDB speaking Athena's dialect. */

/**
 * One value of a result. Exact: bigints beyond 2^53 are `bigint`, decimals are text (`12.30`), dates and timestamps
 * are text with the digits of their type (`2026-11-22`, `2026-11-22 01:02:03.500`), binary is bytes. Arrays, maps and
 * rows nest.
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
  /** How the rows arrived: `duckdb`, `api`, `s3`, `s3, then api`, `unload`. */
  readonly fetchPath: string;
  /** What the query costs, in US dollars by the region's list price; absent where nothing is charged. */
  readonly priceUsd?: number;
  /** The region whose price was taken. */
  readonly priceRegion?: string;
}

/** Which way rows come from Athena: the faster of its API and its file, or one of them, or UNLOAD's Parquet files. */
export const FETCH_WAYS = ['auto', 'api', 's3', 'unload'] as const;
export type FetchWay = (typeof FETCH_WAYS)[number];

/** What a query says of itself while it runs. */
export interface QueryEvent {
  readonly kind: 'started' | 'state' | 'waiting' | 'retrying' | 'stopped' | 'note';
  readonly queryId?: string;
  /** One sentence for a person. */
  readonly message: string;
}

export interface QueryRequest {
  readonly sql: string;
  /** The schema of bare table names. */
  readonly database: string;
  /** Values for `?` markers, in order, as SQL literals are written by the operator. */
  readonly parameters?: readonly string[];
  /** Aborting stops the query in the engine as well. */
  readonly signal?: AbortSignal;
  /** Takes an earlier result of the same query when it is at most this old, in minutes. Athena only. */
  readonly reuseMinutes?: number;
  /** Default `auto`. Athena only. */
  readonly fetch?: FetchWay;
  /** Athena's workgroup, instead of the environment's. */
  readonly workgroup?: string;
  /** Where Athena puts the result when the workgroup does not say: `s3://bucket/prefix/`. */
  readonly resultLocation?: string;
  readonly notify?: (event: QueryEvent) => void;
}

/** One table a query reads, and which of its partitions. */
export interface PlannedRead {
  readonly database: string;
  readonly table: string;
  /** Whether a partition with these values, one per partition key, is read. Undefined: there is no filter, all are. */
  readonly reads: ((keys: Readonly<Record<string, string>>) => boolean) | undefined;
}

export interface QueryPlan {
  readonly reads: readonly PlannedRead[];
}

/** A running query. Columns are known; rows are read once, in batches; stats are final after the last batch. */
export interface QueryResult {
  readonly columns: readonly ResultColumn[];
  batches(): AsyncIterable<readonly (readonly Value[])[]>;
  /**
   * The rows as CSV text without a header, where the engine has them as bytes already: NULL is an empty field, `""`
   * the empty string, and values may be quoted that need not be. Instead of `batches`, never beside it. For files and
   * pipes only: data goes through as it is. A piece is the reader's until it asks for the next one.
   */
  csvLines?(): AsyncIterable<Uint8Array>;
  stats(): QueryStats;
}

export interface Warehouse {
  /** Starts a query and waits until its columns are known. Throws a Failure that points at the place in the SQL. */
  run(request: QueryRequest): Promise<QueryResult>;
  /** Writes a result to one Parquet file at `path` on this machine, streaming. Gives the rows written. */
  writeParquet(request: QueryRequest, path: string): Promise<QueryStats>;
  /** Checks a statement without running it, and says what it would read. Costs nothing. */
  plan?(request: QueryRequest): Promise<QueryPlan>;
}
