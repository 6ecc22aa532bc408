import type { Platform } from '../platform/platform.ts';
import type { EtlStatusResult } from './etl-status.ts';
import { liveDays, RUNS_LOOKED_AT } from './job-day.ts';
import { type ShownSchedule, showSchedule } from './show-schedule.ts';

export interface MergedStatus extends EtlStatusResult {
  /** When the next day is loaded by itself, and which; null when nothing is going to start. */
  readonly next: NonNullable<ShownSchedule['next']>[number] | null;
}

/**
 * The lake's word on the days together with what the job knows: a run that has started and not yet taken its day's
 * lock makes the day running, and the schedule says what comes next.
 */
export async function mergeRuns(
  status: EtlStatusResult,
  platform: Pick<Platform, 'jobs' | 'schedule'>,
): Promise<MergedStatus> {
  const [jobs, schedule] = [await platform.jobs(), await platform.schedule()];
  const live = liveDays(await jobs.history(jobs.daily, RUNS_LOOKED_AT));
  const shown = (await schedule.show()) === undefined ? undefined : await showSchedule(schedule);
  return {
    days: status.days.map((day) => {
      const run = live.get(day.date);
      return run === undefined || day.state === 'running'
        ? day
        : { ...day, state: 'running' as const, runId: run };
    }),
    next: shown?.kept === true ? (shown.next?.[0] ?? null) : null,
  };
}
