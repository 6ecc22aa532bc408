/** The one place that knows where things lie in the lake. All are keys relative to the lake's root. */

export const MANIFESTS = 'manifests/';
export const LANDING = 'landing/';
export const LAKE = 'lake/';
/** `locks`: runs that work on a day. `claims`: dp processes that are about to have the job work on it. */
export type HoldKind = 'locks' | 'claims';
export const STALE = 'stale/';

/** Where a run keeps what it took from the database for one table. */
export function landingPrefix(at: {
  readonly table: string;
  readonly day: string;
  readonly runId: string;
}): string {
  return `${LANDING}${at.table}/dt=${at.day}/run=${at.runId}/`;
}

/** Where a run writes one table's rows. The run id lies above dt, so that no crawler takes it for a partition. */
export function runPrefix(at: {
  readonly table: string;
  readonly day: string;
  readonly runId: string;
}): string {
  return `${LAKE}${at.table}/${at.runId}/dt=${at.day}/`;
}

/** Where readers that know no partitions look: nothing is ever written there. */
export function emptyPrefix(table: string): string {
  return `${LAKE}${table}/_no_partition/`;
}

export function manifestPrefix(day: string): string {
  return `${MANIFESTS}dt=${day}/`;
}

export function manifestKey(at: { readonly day: string; readonly runId: string }): string {
  return `${manifestPrefix(at.day)}${at.runId}.json`;
}

export function stalePrefix(day: string): string {
  return `${STALE}dt=${day}/`;
}

/** Says that the published run of a day no longer equals the source. */
export function staleKey(at: { readonly day: string; readonly runId: string }): string {
  return `${stalePrefix(at.day)}${at.runId}.json`;
}

export function lockPrefix(day: string, kind: HoldKind = 'locks'): string {
  return `${kind}/dt=${day}/`;
}

export function lockKey(at: {
  readonly day: string;
  readonly generation: number;
  readonly kind?: HoldKind;
}): string {
  return `${lockPrefix(at.day, at.kind)}${String(at.generation).padStart(8, '0')}.json`;
}

/** The parts of a key below `landing/` or `lake/` that belong to a run, or undefined. */
export function runOfKey(key: string): { table: string; day: string; runId: string } | undefined {
  const landed = /^landing\/([a-z0-9_]+)\/dt=([0-9-]+)\/run=([^/]+)\//.exec(key);
  if (landed !== null) return { table: landed[1] ?? '', day: landed[2] ?? '', runId: landed[3] ?? '' };
  const written = /^lake\/([a-z0-9_]+)\/([^/]+)\/dt=([0-9-]+)\//.exec(key);
  return written === null
    ? undefined
    : { table: written[1] ?? '', runId: written[2] ?? '', day: written[3] ?? '' };
}
