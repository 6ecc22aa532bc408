import { addDays, dayAt } from '../etl/business-day.ts';
import { nextStarts } from '../etl/daily-cron.ts';
import type { DailySchedule, Schedule } from '../platform/schedule.ts';
import { systemClock } from '../std/clock.ts';
import { Failure } from '../std/failure.ts';

const STARTS_SHOWN = 5;

export interface ShownSchedule extends DailySchedule {
  /** The next starts in UTC and the day each loads; null for schedules that dp does not reckon, and paused ones. */
  readonly next: readonly { readonly at: string; readonly day: string }[] | null;
}

/** The schedule and what it will do. Throws a Failure when there is none. */
export async function showSchedule(
  schedule: Schedule,
  nowMs: number = systemClock.now(),
): Promise<ShownSchedule> {
  const found = await schedule.show();
  if (found === undefined) {
    throw new Failure({
      code: 'schedule-missing',
      kind: 'not-ready',
      message: 'There is no daily schedule: the pipeline is not deployed.',
      nextSteps: ['dp deploy'],
      docs: 'docs/spark.md',
    });
  }
  const starts = found.enabled ? nextStarts(found, { nowMs, count: STARTS_SHOWN }) : undefined;
  const next = starts?.map((ms) => ({ at: new Date(ms).toISOString(), day: addDays(dayAt(ms), -1) })) ?? null;
  return { ...found, next };
}
