import type { PlatformStatus } from '../../operations/platform-status.ts';
import type { Paint } from '../terminal.ts';
import { formatCount } from './quantity.ts';

const COLOURS = { ready: 'green', stale: 'yellow', 'not-deployed': 'red' } as const;

/** The environment on a few lines, data first, with what to do next. */
export function formatPlatformStatus(status: PlatformStatus, paint: Paint): string {
  const { database, lake } = status;
  const where = database.host === undefined ? '' : ` on ${database.host}:${database.port}`;
  const version = database.version === undefined ? '' : ` (${database.version})`;
  return [
    `${status.environment} is ${paint(COLOURS[status.state], status.state)}.`,
    `lake      ${lakeLine(status)}`,
    `days      ${countsLine(lake.days)} in the last five weeks`,
    ...(lake.failedDays.length > 0 ? [`failed    ${lake.failedDays.join(', ')}`] : []),
    `database  ${database.database} is ${database.state}${where}${version}`,
    `shop api  ${shopApiLine(status)}`,
    ...lastRunLines(status),
    ...secretLines(status),
    `Next: ${nextStep(status)}`,
  ].join('\n');
}

function shopApiLine({ shopApi, state }: PlatformStatus): string {
  if (shopApi.state === 'running') return `running on ${shopApi.url}`;
  if (state === 'not-deployed') return 'stopped';
  const words = shopApi.state === 'stopped' ? 'stopped' : `not answering on ${shopApi.url}`;
  return `${words} (start it: dp deploy)`;
}

function lastRunLines({ lastRun }: PlatformStatus): string[] {
  if (lastRun === null) return [];
  const { date, state, endedAt, runId } = lastRun;
  return [`last run  ${date} ${state} at ${endedAt} (${runId})`];
}

function secretLines({ secrets }: PlatformStatus): string[] {
  if (secrets.length === 0) return [];
  const ages = secrets.flatMap(({ name, ageDays, state, isDue }) => {
    if (ageDays === null) return [];
    const age = `${name} ${formatCount(ageDays, 'day')}`;
    if (state === 'unfinished') return [`${age} (rotation unfinished: dp doctor --fix)`];
    return [isDue ? `${age} (due: dp secrets rotate ${name})` : age];
  });
  return [`secrets   ${ages.join(', ')} old`];
}

function lakeLine({ lake }: PlatformStatus): string {
  if (lake.newestVerifiedDay === null) return 'no verified day yet';
  if (lake.daysBehind === 0) return `verified up to ${lake.newestVerifiedDay}, which is all there can be`;
  return `verified up to ${lake.newestVerifiedDay}, ${lake.daysBehind} days behind ${lake.expectedDay}`;
}

function countsLine(days: Readonly<Record<string, number>>): string {
  return Object.entries(days)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
}

function nextStep({ state, lake }: PlatformStatus): string {
  if (state === 'not-deployed') return 'dp deploy';
  if (lake.failedDays.length > 0) return `dp etl show --date ${lake.failedDays[0]}`;
  if (state === 'stale') return `dp etl run --date ${lake.expectedDay}`;
  return 'dp query "SELECT …"';
}
