import type { QueryHistory, SavedQuery } from '../platform/query-history.ts';
import { savedQueryMissing } from './query-errors.ts';

/** The query of that name. Throws a Failure that lists the ones there are. */
export async function getSavedQuery(
  name: string,
  { history }: { readonly history: QueryHistory },
): Promise<SavedQuery> {
  const found = await history.findSaved(name);
  if (found !== undefined) return found;
  throw savedQueryMissing(
    name,
    (await history.listSaved()).map((query) => query.name),
  );
}
