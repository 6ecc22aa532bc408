import type { QueryHistory, QueryRecord } from '../platform/query-history.ts';
import { queryMissing } from './query-errors.ts';

/** The query of that id. Throws a Failure when nobody remembers it. */
export async function getQuery(
  queryId: string,
  { history }: { readonly history: QueryHistory },
): Promise<QueryRecord> {
  const found = await history.find(queryId);
  if (found === undefined) throw queryMissing(queryId);
  return found;
}
