import type { BusinessDay } from './business-day.ts';
import type { Manifest } from './manifest.ts';

/**
 * missing: nothing was ever published, and no run failed. running: a live run holds the day. failed: the last
 * run ended badly or was killed. stale: published, and seen to differ from the source since. loaded: published,
 * not proved equal. verified: published, and proved equal to the database's snapshot.
 */
export type DayState = 'missing' | 'running' | 'failed' | 'stale' | 'loaded' | 'verified';

export const DAY_STATES: readonly DayState[] = [
  'missing',
  'running',
  'failed',
  'stale',
  'loaded',
  'verified',
];

/** What the lake holds about one day. */
export interface DayTraces {
  readonly date: BusinessDay;
  /** In any order. */
  readonly manifests: readonly Manifest[];
  /** The run that holds the day's lock, when its owner is alive. */
  readonly runningRunId?: string | undefined;
  /** Runs seen to differ from the source after they were published. */
  readonly staleRunIds: readonly string[];
}

export interface DayRecord {
  readonly date: BusinessDay;
  readonly state: DayState;
  /** The run the state speaks of: the live one, the failed one, or the published one. */
  readonly runId: string | null;
  /** When the published rows were proved equal to the source; null when they were not. */
  readonly verifiedAt: string | null;
  /** The run whose rows readers see; null when they see none. */
  readonly publishedRunId: string | null;
  /** Why the last run failed, when it did. */
  readonly error: string | null;
}

/** Derives a day's state from what lies in the lake; nothing else keeps it, so nothing can disagree with it. */
export function dayRecord(traces: DayTraces): DayRecord {
  const { date } = traces;
  const runs = [...traces.manifests].sort((a, b) => (a.runId < b.runId ? -1 : 1));
  const published = runs.findLast(isPublished);
  const last = runs.at(-1);
  const base = {
    date,
    runId: published?.runId ?? null,
    verifiedAt: published?.verifiedAt ?? null,
    publishedRunId: published?.publishes ?? published?.runId ?? null,
    error: null,
  };
  if (traces.runningRunId !== undefined) return { ...base, state: 'running', runId: traces.runningRunId };
  if (last === undefined) return { ...base, state: 'missing' };
  if (!isPublished(last)) {
    return {
      ...base,
      state: 'failed',
      runId: last.runId,
      error: last.error?.message ?? 'the run was killed before it ended',
    };
  }
  if (traces.staleRunIds.includes(last.runId)) return { ...base, state: 'stale' };
  return { ...base, state: last.state === 'verified' ? 'verified' : 'loaded' };
}

/** The newest run that published, or undefined. */
export function publishedManifest(manifests: readonly Manifest[]): Manifest | undefined {
  return [...manifests].sort((a, b) => (a.runId < b.runId ? -1 : 1)).findLast(isPublished);
}

function isPublished(manifest: Manifest): boolean {
  return manifest.state === 'loaded' || manifest.state === 'verified';
}
