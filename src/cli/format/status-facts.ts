import type { PlatformStatus } from '../../operations/platform-status.ts';
import { formatMoment } from './moment.ts';
import { formatCount } from './quantity.ts';

/** One line of the status, in words. */
export interface StatusFact {
  readonly name: string;
  readonly text: string;
  /** good: as it should be. poor: works, and wants attention. bad: broken. plain: neither. */
  readonly tone: 'good' | 'poor' | 'bad' | 'plain';
}

/** Older than this, what `dp drift` found says little. */
const DRIFT_DAYS_MAX = 7;
const DAY_MS = 86_400_000;

/** What there is to say of an environment beside its tables, data first. Parts that it does not have are left out. */
export function statusFacts(status: PlatformStatus, nowMs: number = Date.now()): StatusFact[] {
  const found = [
    lakeFact(status),
    daysFact(status),
    failedFact(status),
    lastRunFact(status),
    nextRunFact(status),
    databaseFact(status),
    apiFact(status),
    secretsFact(status),
    tunnelsFact(status),
    driftFact(status, nowMs),
    costFact(status),
    ...status.unknown.map(
      ({ part, reason }): StatusFact => ({ name: part, text: `not known: ${reason}`, tone: 'poor' }),
    ),
  ];
  return found.filter((fact) => fact !== undefined);
}

function lakeFact({ lake }: PlatformStatus): StatusFact {
  const { newestVerifiedDay: newest, daysBehind, expectedDay } = lake;
  if (newest === null)
    return { name: 'lake', text: `no verified day yet; ${expectedDay} is due`, tone: 'poor' };
  return daysBehind === 0
    ? { name: 'lake', text: `verified up to ${newest}, which is all that is due`, tone: 'good' }
    : {
        name: 'lake',
        text: `verified up to ${newest}, ${formatCount(daysBehind ?? 0, 'day')} behind ${expectedDay}`,
        tone: 'poor',
      };
}

function daysFact({ lake }: PlatformStatus): StatusFact | undefined {
  const counts = Object.entries(lake.days).map(([state, count]) => `${count} ${state}`);
  if (counts.length === 0) return undefined;
  return { name: 'days', text: `${counts.join(', ')} in the last five weeks`, tone: 'plain' };
}

function failedFact({ lake }: PlatformStatus): StatusFact | undefined {
  if (lake.failedDays.length === 0) return undefined;
  return { name: 'failed', text: lake.failedDays.join(', '), tone: 'bad' };
}

function lastRunFact({ lastRun }: PlatformStatus): StatusFact | undefined {
  if (lastRun === null) return undefined;
  const { date, state, endedAt, runId } = lastRun;
  const tone = state === 'failed' ? 'bad' : 'plain';
  return { name: 'last run', text: `${date} ${state} at ${formatMoment(endedAt)} (${runId})`, tone };
}

function nextRunFact({ nextRun }: PlatformStatus): StatusFact | undefined {
  if (nextRun === null) return undefined;
  return { name: 'next run', text: `${nextRun.day} at ${formatMoment(nextRun.at)}`, tone: 'plain' };
}

function databaseFact({ database }: PlatformStatus): StatusFact | undefined {
  if (database === null) return undefined;
  const where = database.host === undefined ? '' : ` on ${database.host}:${database.port}`;
  const version = database.version === undefined ? '' : ` (${database.version})`;
  return {
    name: 'database',
    text: `${database.database} is ${database.state}${where}${version}`,
    tone: database.state === 'running' ? 'good' : database.state === 'unreachable' ? 'bad' : 'poor',
  };
}

function apiFact({ shopApi }: PlatformStatus): StatusFact | undefined {
  if (shopApi === null) return undefined;
  const { state, url } = shopApi;
  if (state === 'running') return { name: 'shop api', text: `running on ${url}`, tone: 'good' };
  const words = state === 'stopped' ? 'stopped' : `not answering on ${url}`;
  return { name: 'shop api', text: `${words} (start it: dp deploy)`, tone: 'bad' };
}

function secretsFact({ secrets }: PlatformStatus): StatusFact | undefined {
  const ages = secrets.flatMap(({ name, ageDays, state, isDue }) => {
    if (ageDays === null) return [];
    const age = `${name} ${formatCount(ageDays, 'day')}`;
    if (state === 'unfinished') return [`${age} (rotation unfinished: dp doctor --fix)`];
    return [isDue ? `${age} (due: dp secrets rotate ${name})` : age];
  });
  if (ages.length === 0) return undefined;
  const wants = secrets.some(({ state, isDue }) => state === 'unfinished' || isDue);
  return { name: 'secrets', text: `${ages.join(', ')} old`, tone: wants ? 'poor' : 'plain' };
}

function tunnelsFact({ tunnels }: PlatformStatus): StatusFact | undefined {
  if (tunnels === null || tunnels.length === 0) return undefined;
  const each = tunnels.map(({ owner, reason }) => (reason === '' ? owner : `${owner} (${reason})`));
  return { name: 'tunnels', text: `${tunnels.length} open: ${each.join(', ')}`, tone: 'plain' };
}

function driftFact({ drift }: PlatformStatus, nowMs: number): StatusFact | undefined {
  if (drift === null) return undefined;
  const { drifted, checkedAt } = drift;
  if (drifted.length > 0)
    return { name: 'drift', text: `changed behind dp: ${drifted.join(', ')}`, tone: 'bad' };
  if (checkedAt === null)
    return { name: 'drift', text: 'not every stack was ever looked at: dp drift', tone: 'poor' };
  const days = Math.floor((nowMs - Date.parse(checkedAt)) / DAY_MS);
  const tone = days > DRIFT_DAYS_MAX ? 'poor' : 'good';
  return { name: 'drift', text: `none when last looked at, ${formatCount(days, 'day')} ago`, tone };
}

function costFact({ cost }: PlatformStatus): StatusFact | undefined {
  if (cost === null) return undefined;
  const { usd, forecastUsd, budgetUsd, source } = cost;
  const forecast = forecastUsd === null ? '' : `, $${forecastUsd.toFixed(2)} expected`;
  const budget = budgetUsd === null ? '' : ` of $${budgetUsd.toFixed(2)}`;
  const tone = budgetUsd !== null && usd > budgetUsd ? 'bad' : 'plain';
  return { name: 'cost', text: `$${usd.toFixed(2)}${budget} this month${forecast} (${source})`, tone };
}
