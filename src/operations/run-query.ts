import type { QueryResult, QueryStats, ResultColumn, Value, Warehouse } from '../platform/warehouse.ts';

export interface RunQueryInput {
  readonly sql: string;
  readonly database: string;
  readonly signal: AbortSignal;
}

/** Where a result goes, piece by piece; `open` is called once, even when there are no rows. */
export interface ResultSink {
  open(columns: readonly ResultColumn[]): Promise<void>;
  rows(batch: readonly (readonly Value[])[]): Promise<void>;
  close(stats: object): Promise<void>;
}

/** Runs one query and streams its rows into the sink. Memory is bounded by one batch. */
export async function runQuery(
  input: RunQueryInput,
  deps: { readonly warehouse: Warehouse; readonly sink: ResultSink },
): Promise<QueryStats> {
  const result: QueryResult = await deps.warehouse.run(input);
  await deps.sink.open(result.columns);
  for await (const batch of result.batches()) await deps.sink.rows(batch);
  input.signal.throwIfAborted();
  const stats = result.stats();
  await deps.sink.close(stats);
  return stats;
}
