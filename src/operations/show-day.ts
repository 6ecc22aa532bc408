import type { DayRecord } from '../etl/ledger.ts';
import type { Manifest } from '../etl/manifest.ts';
import { neverLoaded } from './etl-errors.ts';
import type { HoldDayDeps } from './hold-day.ts';
import { manifestsOf, readLedger } from './read-ledger.ts';

export interface ShowDayResult {
  readonly record: DayRecord;
  /** The manifest whose rows readers see; null when none was published. */
  readonly published: Manifest | null;
  /** Every run of the day, newest first. */
  readonly runs: readonly Pick<Manifest, 'runId' | 'kind' | 'state' | 'engine' | 'startedAt' | 'error'>[];
}

/** What is known of one day. Throws a Failure when nothing is. */
export async function showDay(
  { date }: { readonly date: string },
  deps: HoldDayDeps,
): Promise<ShowDayResult> {
  const [record] = await readLedger([date], deps);
  const manifests = await manifestsOf(date, deps);
  if (record === undefined || (manifests.length === 0 && record.state === 'missing')) throw neverLoaded(date);
  const runs = manifests.toReversed().map(({ runId, kind, state, engine, startedAt, error }) => {
    return { runId, kind, state, engine, startedAt, ...(error === undefined ? {} : { error }) };
  });
  const published = manifests.find((manifest) => manifest.runId === record.publishedRunId);
  return { record, published: published ?? null, runs };
}
