import { addDays, dayAt } from '../etl/business-day.ts';
import { MANIFESTS } from '../etl/lake-keys.ts';
import type { DayRecord } from '../etl/ledger.ts';
import { parseManifest } from '../etl/manifest.ts';
import type { Database, DatabaseState } from '../platform/database.ts';
import type { Lifecycle } from '../platform/lifecycle.ts';
import type { SecretDescription, Secrets } from '../platform/secrets.ts';
import type { ShopApi, ShopApiState } from '../platform/shop-api.ts';
import type { EtlDeps } from './etl-deps.ts';
import { etlStatus } from './etl-status.ts';
import { withAge } from './list-secrets.ts';

export interface PlatformStatusDeps {
  readonly lifecycle: Lifecycle;
  readonly database: Database;
  readonly etl: EtlDeps;
  readonly secrets: Secrets;
  readonly shopApi: ShopApi;
}

export interface PlatformStatus {
  readonly environment: string;
  /** not-deployed · stale: the newest verified day is older than yesterday in Japan, or there is none · ready. */
  readonly state: 'not-deployed' | 'stale' | 'ready';
  readonly database: DatabaseState;
  readonly shopApi: ShopApiState;
  readonly lake: LakeStatus;
  /** The run that ended last, whatever its day. Null when none has. */
  readonly lastRun: LastRun | null;
  /** Empty before the environment is deployed. */
  readonly secrets: readonly SecretAge[];
}

export interface SecretAge {
  readonly name: string;
  /** Null where there is no password, or nobody may know. */
  readonly ageDays: number | null;
  readonly state: string;
  /** The time of its next rotation is over. */
  readonly isDue: boolean;
}

export interface LastRun {
  readonly runId: string;
  readonly date: string;
  readonly state: string;
  /** ISO 8601, UTC. */
  readonly endedAt: string;
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
  const [deployed, database, shopApi, { days }] = await Promise.all([
    deps.lifecycle.isDeployed(),
    deps.database.describe(),
    deps.shopApi.describe(),
    etlStatus({}, deps.etl),
  ]);
  const lake = lakeStatus(days, addDays(dayAt(deps.etl.clock.now()), -1));
  const state = deployed ? (lake.daysBehind === 0 ? 'ready' : 'stale') : 'not-deployed';
  const now = deps.etl.clock.now();
  return {
    environment,
    state,
    database,
    shopApi,
    lake,
    lastRun: await lastRun(deps.etl),
    secrets: deployed ? (await deps.secrets.list()).map((secret) => ageOf(secret, now)) : [],
  };
}

function ageOf(secret: SecretDescription, nowMs: number): SecretAge {
  const { name, state, ageDays, isDue } = withAge(secret, nowMs);
  return { name, ageDays, state, isDue };
}

/** Run ids begin with their time, so the newest manifest is found without reading the others. */
async function lastRun({ lake }: Pick<EtlDeps, 'lake'>): Promise<LastRun | null> {
  const nameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1);
  const keys = (await lake.list(MANIFESTS)).map(({ key }) => key);
  for (const key of keys.sort((a, b) => nameOf(b).localeCompare(nameOf(a)))) {
    const bytes = await lake.read(key);
    if (bytes === undefined) continue;
    const { runId, date, state, endedAt } = parseManifest(bytes, key);
    if (endedAt !== undefined) return { runId, date, state, endedAt };
  }
  return null;
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
