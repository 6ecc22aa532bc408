import type { FetchWay, QueryEvent, QueryRequest, QueryResult } from './warehouse.ts';

/** Queries that ran before, or still run: Athena's own list, or files of the local environment. */

export type QueryState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export interface QueryRecord {
  readonly queryId: string;
  readonly state: QueryState;
  readonly sql: string;
  readonly database: string | undefined;
  /** Milliseconds since the epoch. */
  readonly submittedMs: number;
  /** Waiting, planning and running together. */
  readonly tookMs: number;
  readonly scannedBytes: number;
  readonly reused: boolean;
  /** Why it failed or was cancelled, in the engine's words. */
  readonly reason?: string;
  readonly priceUsd?: number;
}

/** A query kept under a name. */
export interface SavedQuery {
  readonly name: string;
  readonly sql: string;
  readonly database: string | undefined;
  readonly description?: string;
}

export interface FetchRequest {
  readonly queryId: string;
  readonly fetch?: FetchWay;
  readonly signal?: AbortSignal;
  readonly notify?: (event: QueryEvent) => void;
}

export interface QueryHistory {
  /** The newest first. `workgroup` is Athena's, instead of the environment's. */
  list(countMax: number, workgroup?: string): Promise<QueryRecord[]>;
  find(queryId: string): Promise<QueryRecord | undefined>;
  /** Starts a query and leaves it running; gives its id. */
  start(request: QueryRequest): Promise<string>;
  /** Waits for a query to end and gives its rows, without running it again. Aborting leaves it running. */
  results(request: FetchRequest): Promise<QueryResult>;
  /** Stops a query and waits until it has stopped; gives how it ended. */
  cancel(queryId: string): Promise<QueryRecord>;
  listSaved(): Promise<SavedQuery[]>;
  findSaved(name: string): Promise<SavedQuery | undefined>;
  /** Keeps a query under a name, in place of one that has it. */
  save(query: SavedQuery): Promise<void>;
}
