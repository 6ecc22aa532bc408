import type { FetchRequest, QueryHistory, QueryRecord } from '../platform/query-history.ts';
import type { QueryStats } from '../platform/warehouse.ts';
import { getQuery } from './get-query.ts';
import { queryStillRuns } from './query-errors.ts';
import { type ResultSink, streamResult } from './run-query.ts';

export interface FindResultInput {
  readonly queryId: string;
  /** Whether a query that still runs is followed to its end; else it has no result yet, which is a Failure. */
  readonly follow: boolean;
}

/** The query whose rows are wanted. Throws a Failure when nobody remembers it, or when it runs and is not to be followed. */
export async function findResult(
  { queryId, follow }: FindResultInput,
  deps: { readonly history: QueryHistory },
): Promise<QueryRecord> {
  const query = await getQuery(queryId, deps);
  const runs = query.state === 'queued' || query.state === 'running';
  if (runs && !follow) throw queryStillRuns(queryId, query.state);
  return query;
}

/** Streams the rows of a query into the sink, once it has ended, without running it again. */
export async function readResult(
  input: FetchRequest & { readonly signal: AbortSignal },
  { history, sink }: { readonly history: QueryHistory; readonly sink: ResultSink },
): Promise<QueryStats> {
  return streamResult(await history.results(input), { sink, signal: input.signal });
}
