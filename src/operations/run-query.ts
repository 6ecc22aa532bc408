import type {
  QueryRequest,
  QueryResult,
  QueryStats,
  ResultColumn,
  Value,
  Warehouse,
} from '../platform/warehouse.ts';

export interface RunQueryInput extends QueryRequest {
  readonly signal: AbortSignal;
}

/** Where a result goes, piece by piece; `open` is called once, even when there are no rows. */
export interface ResultSink {
  open(columns: readonly ResultColumn[]): Promise<void>;
  rows(batch: readonly (readonly Value[])[]): Promise<void>;
  /** Takes rows that are CSV text already, where that is what the sink writes. Resolves when it needs the bytes no more. */
  csvLines?(bytes: Uint8Array): Promise<void>;
  close(stats: object): Promise<void>;
}

/** Runs one query and streams its rows into the sink. Memory is bounded by one batch. */
export async function runQuery(
  input: RunQueryInput,
  deps: { readonly warehouse: Pick<Warehouse, 'run'>; readonly sink: ResultSink },
): Promise<QueryStats> {
  return streamResult(await deps.warehouse.run(input), { sink: deps.sink, signal: input.signal });
}

/** Streams a result that is there into the sink: as the engine's own bytes where both sides can, as rows otherwise. */
export async function streamResult(
  result: QueryResult,
  { sink, signal }: { readonly sink: ResultSink; readonly signal: AbortSignal },
): Promise<QueryStats> {
  await sink.open(result.columns);
  if (sink.csvLines !== undefined && result.csvLines !== undefined) {
    for await (const bytes of result.csvLines()) await sink.csvLines(bytes);
  } else {
    for await (const batch of result.batches()) await sink.rows(batch);
  }
  signal.throwIfAborted();
  const stats = result.stats();
  await sink.close(stats);
  return stats;
}
