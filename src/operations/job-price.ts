import type { JobRun } from '../platform/jobs.ts';

/** Past runs that say what the next one costs. */
export const RUNS_FOR_PRICE = 20;
const SECONDS_PER_HOUR = 3600;

export interface JobPrice {
  /** Per day, from the median of past runs; null when none has ended yet. */
  readonly usdPerDay: number | null;
  readonly usd: number | null;
  readonly runsSeen: number;
}

/** What loading so many days will cost, by what past runs took. */
export function priceOfDays(days: number, runs: readonly JobRun[], usdPerDpuHour: number): JobPrice {
  const spent = runs
    .filter((run) => run.state === 'succeeded')
    .map((run) => run.dpuSeconds)
    .filter((seconds) => seconds !== null)
    .sort((a, b) => a - b);
  const median = spent[Math.floor(spent.length / 2)];
  if (median === undefined) return { usdPerDay: null, usd: null, runsSeen: 0 };
  const usdPerDay = (median / SECONDS_PER_HOUR) * usdPerDpuHour;
  return { usdPerDay, usd: usdPerDay * days, runsSeen: spent.length };
}
