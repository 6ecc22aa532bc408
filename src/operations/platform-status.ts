import { addDays, dayAt } from '../etl/business-day.ts';
import { nextStarts } from '../etl/daily-cron.ts';
import type { MonthCost } from '../platform/costs.ts';
import type { DatabaseState } from '../platform/database.ts';
import type { Platform } from '../platform/platform.ts';
import type { DailySchedule } from '../platform/schedule.ts';
import type { ShopApiState } from '../platform/shop-api.ts';
import { Failure } from '../std/failure.ts';
import type { EtlDeps } from './etl-deps.ts';
import { etlStatus } from './etl-status.ts';
import { dueDay, type LakeStatus, type LastRun, lakeStatus, lastRun, readOnce } from './lake-status.ts';
import {
  apiState,
  type KnownDrift,
  knownDrift,
  lookAt,
  type OpenTunnel,
  openTunnels,
  type SecretAge,
  secretAges,
  type UnknownPart,
} from './status-parts.ts';

/** Raised when a key of the status changes its meaning. Keys may be added without. */
const STATUS_VERSION = 1;

export interface PlatformStatusDeps {
  readonly platform: Platform;
  readonly etl: EtlDeps;
}

export interface PlatformStatus {
  readonly version: typeof STATUS_VERSION;
  readonly environment: string;
  /** stale: the newest verified day is older than the last scheduled run should have made it, or there is none. */
  readonly state: 'not-deployed' | 'stale' | 'ready';
  readonly lake: LakeStatus;
  /** The run that ended last, whatever its day. Null when none has. */
  readonly lastRun: LastRun | null;
  /** When the schedule starts the next load, in UTC, and the day it loads. Null where nothing is scheduled. */
  readonly nextRun: { readonly at: string; readonly day: string } | null;
  /** Null, here and below: not known, or not there in this environment; `unknown` says which could not be told. */
  readonly database: DatabaseState | null;
  readonly shopApi: ShopApiState | null;
  readonly secrets: readonly SecretAge[];
  readonly tunnels: readonly OpenTunnel[] | null;
  readonly drift: KnownDrift | null;
  readonly cost: MonthCost | null;
  readonly unknown: readonly UnknownPart[];
}

/**
 * What the operator needs to know first: is the data there, and does the rest answer. All parts are looked at side by side,
 * and each for a while only. Throws when it cannot be told whether the data is there; any other part may be unknown.
 */
export async function platformStatus(_input: object, deps: PlatformStatusDeps): Promise<PlatformStatus> {
  const { platform } = deps;
  const etl = { ...deps.etl, lake: readOnce(deps.etl.lake) };
  const isDeployed = await (await platform.lifecycle()).isDeployed();
  const unknown: UnknownPart[] = [];
  const [lake, others] = await Promise.all([
    lookAtLake({ isDeployed }, { platform, etl, unknown }),
    lookAtOthers({ isDeployed, nowMs: etl.clock.now() }, { platform, unknown }),
  ]);
  const state = !isDeployed ? 'not-deployed' : lake.lake.daysBehind === 0 ? 'ready' : 'stale';
  const { environment } = platform;
  const sorted = unknown.sort((a, b) => a.part.localeCompare(b.part));
  return { version: STATUS_VERSION, environment, state, ...lake, ...others, unknown: sorted };
}

type Looking = PlatformStatusDeps & { readonly unknown: UnknownPart[] };

async function lookAtLake(
  { isDeployed }: { readonly isDeployed: boolean },
  { platform, etl, unknown }: Looking,
): Promise<Pick<PlatformStatus, 'lake' | 'lastRun' | 'nextRun'>> {
  const nowMs = etl.clock.now();
  const [{ days }, schedule, run] = await Promise.all([
    etlStatus({}, etl).catch((error: unknown) => {
      // Before a deploy there may be no bucket; afterwards its absence is news.
      if (isDeployed || !(error instanceof Failure)) throw error;
      return { days: [] };
    }),
    isDeployed ? lookAt('schedule', async () => (await platform.schedule()).show(), unknown) : null,
    isDeployed ? lookAt('last run', () => lastRun(etl), unknown) : null,
  ]);
  const expectedDay = dueDay(schedule ?? undefined, nowMs);
  return {
    lake: await lakeStatus({ days, expectedDay }, etl),
    lastRun: run,
    nextRun: nextRunOf(schedule ?? undefined, nowMs),
  };
}

function nextRunOf(schedule: DailySchedule | undefined, nowMs: number): PlatformStatus['nextRun'] {
  const [start] = schedule?.enabled === true ? (nextStarts(schedule, { nowMs, count: 1 }) ?? []) : [];
  return start === undefined ? null : { at: new Date(start).toISOString(), day: addDays(dayAt(start), -1) };
}

async function lookAtOthers(
  { isDeployed, nowMs }: { readonly isDeployed: boolean; readonly nowMs: number },
  { platform, unknown }: Omit<Looking, 'etl'>,
): Promise<Pick<PlatformStatus, 'database' | 'shopApi' | 'secrets' | 'tunnels' | 'drift' | 'cost'>> {
  const part = <T>(name: string, look: () => Promise<T>): Promise<T | null> =>
    isDeployed ? lookAt(name, look, unknown) : Promise.resolve(null);
  const database = lookAt('database', async () => (await platform.database()).describe(), unknown);
  const [shopApi, secrets, tunnels, drift, cost] = await Promise.all([
    part('shop api', () => apiState(platform)),
    part('secrets', () => secretAges(platform, nowMs)),
    part('tunnels', () => openTunnels(platform)),
    part('drift', () => knownDrift(platform)),
    part('cost', async () => (await platform.costs()).month()),
  ]);
  return {
    database: await database,
    shopApi,
    secrets: secrets ?? [],
    tunnels,
    drift,
    cost: cost ?? null,
  };
}
