import { MANIFESTS, manifestPrefix, STALE, stalePrefix } from '../etl/lake-keys.ts';
import { type DayRecord, dayRecord } from '../etl/ledger.ts';
import { type Manifest, parseManifest } from '../etl/manifest.ts';
import { type HoldDayDeps, runningRun } from './hold-day.ts';

/** Everything the lake's traces say about these days, in their order. Two listings, whatever their number. */
export async function readLedger(days: readonly string[], deps: HoldDayDeps): Promise<DayRecord[]> {
  const first = days[0];
  // One day has a prefix of its own; a range is read with one listing.
  const only = days.length === 1 && first !== undefined;
  const manifestKeys = await deps.lake.list(only ? manifestPrefix(first) : MANIFESTS);
  const staleKeys = await deps.lake.list(only ? stalePrefix(first) : STALE);
  return Promise.all(
    days.map(async (date) => {
      const keys = manifestKeys
        .map((object) => object.key)
        .filter((key) => key.startsWith(manifestPrefix(date)));
      const stale = staleKeys.map((object) => object.key).filter((key) => key.startsWith(stalePrefix(date)));
      return dayRecord({
        date,
        manifests: await readManifests(keys, deps),
        runningRunId: await runningRun(date, deps),
        staleRunIds: stale.map((key) => key.slice(stalePrefix(date).length, -'.json'.length)),
      });
    }),
  );
}

/** The manifests of all runs of a day, oldest first. */
export async function manifestsOf(date: string, deps: Pick<HoldDayDeps, 'lake'>): Promise<Manifest[]> {
  const keys = (await deps.lake.list(manifestPrefix(date))).map((object) => object.key);
  return readManifests(keys, deps);
}

async function readManifests(
  keys: readonly string[],
  { lake }: Pick<HoldDayDeps, 'lake'>,
): Promise<Manifest[]> {
  const read = await Promise.all(
    keys.map(async (key) => {
      const bytes = await lake.read(key);
      return bytes === undefined ? undefined : parseManifest(bytes, key);
    }),
  );
  return read.filter((manifest) => manifest !== undefined);
}
