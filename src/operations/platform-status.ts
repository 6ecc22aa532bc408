import { addDays, dayAt } from '../etl/business-day.ts';
import type { DayRecord } from '../etl/ledger.ts';
import type { Database, DatabaseState } from '../platform/database.ts';
import type { Lifecycle } from '../platform/lifecycle.ts';
import type { EtlDeps } from './etl-deps.ts';
import { etlStatus } from './etl-status.ts';

export interface PlatformStatusDeps {
  readonly lifecycle: Lifecycle;
  readonly database: Database;
  readonly etl: EtlDeps;
}

export interface PlatformStatus {
  readonly environment: string;
  /** not-deployed · stale: the newest verified day is older than yesterday in Japan, or there is none · ready. */
  readonly state: 'not-deployed' | 'stale' | 'ready';
  readonly database: DatabaseState;
  readonly lake: LakeStatus;
}

export interface LakeStatus {
  /** The JST day up to which data could be loaded: yesterday. */
  readonly expectedDay: string;
  readonly newestVerifiedDay: string | null;
  /** Days between the two; null when nothing is verified. */
  readonly daysBehind: number | null;
  /** Days of the last five weeks by state. */
  readonly days: Readonly<Record<string, number>>;
  readonly failedDays: readonly string[];
}

/** What the operator needs to know first: is the data there, and does the database answer. */
export async function platformStatus(
  { environment }: { readonly environment: string },
  deps: PlatformStatusDeps,
): Promise<PlatformStatus> {
  const [deployed, database, { days }] = await Promise.all([
    deps.lifecycle.isDeployed(),
    deps.database.describe(),
    etlStatus({}, deps.etl),
  ]);
  const lake = lakeStatus(days, addDays(dayAt(deps.etl.clock.now()), -1));
  const state = deployed ? (lake.daysBehind === 0 ? 'ready' : 'stale') : 'not-deployed';
  return { environment, state, database, lake };
}

function lakeStatus(days: readonly DayRecord[], expectedDay: string): LakeStatus {
  const newest = days.findLast((day) => day.state === 'verified')?.date ?? null;
  const counts: Record<string, number> = {};
  for (const day of days) counts[day.state] = (counts[day.state] ?? 0) + 1;
  return {
    expectedDay,
    newestVerifiedDay: newest,
    daysBehind: newest === null ? null : daysBetween(newest, expectedDay),
    days: counts,
    failedDays: days.filter((day) => day.state === 'failed').map((day) => day.date),
  };
}

const DAY_MS = 86_400_000;

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}
