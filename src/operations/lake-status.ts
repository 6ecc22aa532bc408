import { addDays, type BusinessDay, dayAt } from '../etl/business-day.ts';
import { nextStarts } from '../etl/daily-cron.ts';
import { MANIFESTS } from '../etl/lake-keys.ts';
import type { DayRecord } from '../etl/ledger.ts';
import { type Manifest, parseManifest } from '../etl/manifest.ts';
import type { Lake } from '../platform/lake.ts';
import type { DailySchedule } from '../platform/schedule.ts';
import type { EtlDeps } from './etl-deps.ts';
import { manifestsOf } from './read-ledger.ts';

const DAY_MS = 86_400_000;
/** A scheduled run may take this long before its day counts as late, in milliseconds. */
const RUN_MS_MAX = 3_600_000;

export interface LakeStatus {
  /** The newest JST day that should be there: what the last scheduled run loads, or yesterday without a schedule. */
  readonly expectedDay: string;
  readonly newestVerifiedDay: string | null;
  /** Days between the two; null when nothing is verified. */
  readonly daysBehind: number | null;
  /** The same for each table, in the order of the lake's tables. */
  readonly tables: readonly TableStatus[];
  /** Days of the last five weeks by state. */
  readonly days: Readonly<Record<string, number>>;
  readonly failedDays: readonly string[];
}

export interface TableStatus {
  readonly table: string;
  readonly newestVerifiedDay: string | null;
  readonly daysBehind: number | null;
}

/** The newest day whose load should have ended by now. A run that is due has an hour before its day counts as late. */
export function dueDay(schedule: DailySchedule | undefined, nowMs: number): BusinessDay {
  const yesterday = addDays(dayAt(nowMs), -1);
  if (schedule?.enabled !== true) return yesterday;
  const afterMs = nowMs - RUN_MS_MAX - DAY_MS;
  const [last] = nextStarts(schedule, { nowMs: afterMs, count: 1 }) ?? [];
  return last === undefined ? yesterday : addDays(dayAt(last), -1);
}

export async function lakeStatus(
  { days, expectedDay }: { readonly days: readonly DayRecord[]; readonly expectedDay: string },
  deps: Pick<EtlDeps, 'lake' | 'tables'>,
): Promise<LakeStatus> {
  const verified = days.filter(({ state }) => state === 'verified');
  const newest = verified.at(-1)?.date ?? null;
  const counts: Record<string, number> = {};
  for (const day of days) counts[day.state] = (counts[day.state] ?? 0) + 1;
  return {
    expectedDay,
    newestVerifiedDay: newest,
    daysBehind: daysBehind(newest, expectedDay),
    tables: await tableStatuses({ verified, expectedDay }, deps),
    days: counts,
    failedDays: days.filter((day) => day.state === 'failed').map((day) => day.date),
  };
}

/** From the newest verified day back, until every table was seen: a table that was added lately is in the newest only. */
async function tableStatuses(
  { verified, expectedDay }: { readonly verified: readonly DayRecord[]; readonly expectedDay: string },
  deps: Pick<EtlDeps, 'lake' | 'tables'>,
): Promise<TableStatus[]> {
  const newest = new Map<string, string>();
  for (const { date, publishedRunId } of verified.toReversed()) {
    const manifests = await manifestsOf(date, deps);
    const published = manifests.find(({ runId }) => runId === publishedRunId);
    for (const table of Object.keys(published?.tables ?? {})) {
      if (!newest.has(table)) newest.set(table, date);
    }
    if (deps.tables.every(({ contract }) => newest.has(contract.table))) break;
  }
  return deps.tables.map(({ contract: { table } }) => {
    const newestVerifiedDay = newest.get(table) ?? null;
    return { table, newestVerifiedDay, daysBehind: daysBehind(newestVerifiedDay, expectedDay) };
  });
}

function daysBehind(newest: string | null, expected: string): number | null {
  return newest === null
    ? null
    : Math.max(0, Math.round((Date.parse(expected) - Date.parse(newest)) / DAY_MS));
}

export interface LastRun {
  readonly runId: string;
  readonly date: string;
  readonly state: string;
  /** ISO 8601, UTC. */
  readonly endedAt: string;
}

/** Run ids begin with their time, so the newest manifest is found without reading the others. */
export async function lastRun({ lake }: Pick<EtlDeps, 'lake'>): Promise<LastRun | null> {
  const nameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1);
  const keys = (await lake.list(MANIFESTS)).map(({ key }) => key);
  for (const key of keys.sort((a, b) => nameOf(b).localeCompare(nameOf(a)))) {
    const manifest = await readManifest(lake, key);
    if (manifest?.endedAt === undefined) continue;
    const { runId, date, state, endedAt } = manifest;
    return { runId, date, state, endedAt };
  }
  return null;
}

async function readManifest(lake: Pick<Lake, 'read'>, key: string): Promise<Manifest | undefined> {
  const bytes = await lake.read(key);
  return bytes === undefined ? undefined : parseManifest(bytes, key);
}

/** Within one look at the lake, nothing is listed or read twice. */
export function readOnce(lake: Lake): Lake {
  const read = new Map<string, ReturnType<Lake['read']>>();
  const list = new Map<string, ReturnType<Lake['list']>>();
  const once = <T>(known: Map<string, T>, key: string, ask: () => T): T => {
    const found = known.get(key) ?? ask();
    known.set(key, found);
    return found;
  };
  return {
    ...lake,
    read: (key) => once(read, key, () => lake.read(key)),
    list: (prefix) => once(list, prefix, () => lake.list(prefix)),
  };
}
