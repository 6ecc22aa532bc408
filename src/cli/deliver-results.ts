import { streamResult } from '../operations/run-query.ts';
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

/** Brings the rows of a query that ran before, or still runs, to where the operator wants them. */
export async function deliverResults(
  { queryId, fetch }: { readonly queryId: string; readonly fetch: string },
  deps: DeliverResultsDeps,
): Promise<void> {
  const { deliver, history, signal, say } = deps;
  if (fetch === 'unload')
    throw usage('--fetch unload is for new queries: it changes what Athena runs.', 'Leave it out.');
  const sql = (await history.find(queryId))?.sql ?? '';
  const stats = await deliver(
    {
      stream: async (sink) => {
        const notify = (event: Parameters<typeof sayEvent>[0]): void => sayEvent(event, deps);
        const result = await history.results({ queryId, fetch: fetch as FetchWay, signal, notify });
        return streamResult(result, { sink, signal });
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
