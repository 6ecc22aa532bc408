import { findResult, readResult } from '../operations/follow-query.ts';
import type { QueryHistory } from '../platform/query-history.ts';
import type { FetchWay } from '../platform/warehouse.ts';
import { usage } from './errors.ts';
import { formatQueryFooter } from './format/query-footer.ts';
import type { planDelivery } from './query-result.ts';
import { sayEvent } from './run-query-command.ts';
import type { Paint } from './terminal.ts';

export interface DeliverResultsDeps {
  readonly deliver: ReturnType<typeof planDelivery>;
  readonly history: QueryHistory;
  readonly signal: AbortSignal;
  readonly paint: Paint;
  readonly say: (text: string) => void;
}

export interface DeliverResultsInput {
  readonly queryId: string;
  readonly fetch: string;
  /** Whether a query that still runs is followed to its end. */
  readonly follow: boolean;
}

/** Brings the rows of a query that was started before to where the operator wants them. */
export async function deliverResults(
  { queryId, fetch, follow }: DeliverResultsInput,
  deps: DeliverResultsDeps,
): Promise<void> {
  const { deliver, history, signal, say } = deps;
  if (fetch === 'unload')
    throw usage('--fetch unload is for new queries: it changes what Athena runs.', 'Leave it out.');
  const { sql } = await findResult({ queryId, follow }, { history });
  const stats = await deliver(
    {
      stream: async (sink) => {
        const notify = (event: Parameters<typeof sayEvent>[0]): void => sayEvent(event, deps);
        return readResult({ queryId, fetch: fetch as FetchWay, signal, notify }, { history, sink });
      },
      parquet: () =>
        Promise.reject(
          usage('An old result cannot become Parquet.', 'Run the query again with --format parquet.'),
        ),
    },
    { sql, say },
  );
  say(formatQueryFooter(stats));
}
