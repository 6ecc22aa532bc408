import { priceOfScan } from '../athena/price.ts';
import { addDays, dayAt, listDays } from '../etl/business-day.ts';
import type { DayState } from '../etl/ledger.ts';
import type { Manifest } from '../etl/manifest.ts';
import type { QueryRecord } from '../platform/query-history.ts';
import { readOnce } from './lake-status.ts';
import { type PlatformStatus, type PlatformStatusDeps, platformStatus } from './platform-status.ts';
import { manifestsOf, readLedger } from './read-ledger.ts';
import { lookAt, type UnknownPart } from './status-parts.ts';

/** Days of the calendar and the charts: thirteen weeks up to yesterday. */
const DAYS = 91;
/** The region whose price is told where nothing is charged. */
const PRICE_REGION = 'ap-northeast-1';
/** Queries of the history that are counted, at most. */
const QUERIES_MAX = 1_000;

export interface ReportDay {
  readonly date: string;
  readonly state: DayState;
  readonly error: string | null;
  /** Of the rows that readers see, by table; empty when they see none. */
  readonly rows: Readonly<Record<string, number>>;
  /** How long the run took that loaded them; null when unknown. */
  readonly seconds: number | null;
}

export interface QueryDay {
  readonly date: string;
  readonly queries: number;
  readonly scannedBytes: number;
  /** What was charged; where nothing is, what Athena would ask. */
  readonly usd: number;
}

export interface StatusReport {
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  readonly status: PlatformStatus;
  readonly days: readonly ReportDay[];
  /** Every day of the calendar, with what ran on it. Null when the query history could not be read. */
  readonly queries: readonly QueryDay[] | null;
}

/** The status with what it was over the last weeks: for a page that is looked at, or kept. */
export async function statusReport(input: object, deps: PlatformStatusDeps): Promise<StatusReport> {
  const nowMs = deps.etl.clock.now();
  const to = addDays(dayAt(nowMs), -1);
  const dates = listDays({ from: addDays(to, 1 - DAYS), to });
  const unknown: UnknownPart[] = [];
  const status = await platformStatus(input, deps);
  const isDeployed = status.state !== 'not-deployed';
  const days = isDeployed ? await reportDays(dates, deps) : dates.map(nothingOn);
  const queries = isDeployed
    ? await lookAt('query history', () => queryDays([...dates, addDays(to, 1)], deps), unknown)
    : null;
  return {
    madeAt: new Date(nowMs).toISOString(),
    status: { ...status, unknown: [...status.unknown, ...unknown] },
    days,
    queries,
  };
}

async function reportDays(
  dates: readonly string[],
  { etl: given }: Pick<PlatformStatusDeps, 'etl'>,
): Promise<ReportDay[]> {
  const etl = { ...given, lake: readOnce(given.lake) };
  const records = await readLedger(dates, etl);
  return Promise.all(
    records.map(async ({ date, state, error, publishedRunId }) => {
      const manifests = publishedRunId === null ? [] : await manifestsOf(date, etl);
      const published = manifests.find(({ runId }) => runId === publishedRunId);
      return { date, state, error, rows: rowsOf(published), seconds: secondsOf(published) };
    }),
  );
}

function nothingOn(date: string): ReportDay {
  return { date, state: 'missing', error: null, rows: {}, seconds: null };
}

function rowsOf(manifest: Manifest | undefined): Record<string, number> {
  return Object.fromEntries(
    Object.entries(manifest?.tables ?? {}).map(([table, { lake }]) => [table, lake.rows]),
  );
}

function secondsOf(manifest: Manifest | undefined): number | null {
  if (manifest?.endedAt === undefined) return null;
  return (Date.parse(manifest.endedAt) - Date.parse(manifest.startedAt)) / 1000;
}

async function queryDays(
  dates: readonly string[],
  { platform }: Pick<PlatformStatusDeps, 'platform'>,
): Promise<QueryDay[]> {
  const records = await (await platform.history()).list(QUERIES_MAX);
  const byDay = Map.groupBy(records, ({ submittedMs }) => dayAt(submittedMs));
  return dates.map((date) => summed(date, byDay.get(date) ?? []));
}

function summed(date: string, records: readonly QueryRecord[]): QueryDay {
  const sum = (of: (record: QueryRecord) => number): number =>
    records.reduce((total, record) => total + of(record), 0);
  return {
    date,
    queries: records.length,
    scannedBytes: sum(({ scannedBytes }) => scannedBytes),
    usd: sum(
      ({ priceUsd, scannedBytes, reused }) =>
        priceUsd ?? priceOfScan({ scannedBytes, region: PRICE_REGION, free: reused }).usd,
    ),
  };
}
