import { cronOfTime } from '../etl/daily-cron.ts';
import type { ScheduleState } from '../platform/journal.ts';
import type { Schedule } from '../platform/schedule.ts';
import { notATime } from './job-errors.ts';
import type { ChangeOutcome } from './record-change.ts';
import { type ShownSchedule, showSchedule } from './show-schedule.ts';

export interface ChangedSchedule {
  readonly before: ScheduleState;
  readonly shown: ShownSchedule;
}

/** Pauses or resumes the daily schedule, or moves it to another time of day, `HH:MM`. Throws a usage Failure for what is no time. */
export async function changeSchedule(
  change: { readonly enabled: boolean } | { readonly time: string },
  schedule: Schedule,
): Promise<ChangedSchedule> {
  const wanted = 'time' in change ? { expression: expressionOf(change.time) } : change;
  const { enabled, expression } = await showSchedule(schedule);
  await schedule.change(wanted);
  return { before: { enabled, expression }, shown: await showSchedule(schedule) };
}

export function scheduleOutcome({ before, shown }: ChangedSchedule): ChangeOutcome {
  const after = { enabled: shown.enabled, expression: shown.expression };
  const changed = after.enabled !== before.enabled || after.expression !== before.expression;
  return {
    changed,
    ids: { schedule: shown.name },
    inverses: changed ? [{ kind: 'restore-schedule', from: after, to: before }] : [],
  };
}

function expressionOf(time: string): string {
  const expression = cronOfTime(time);
  if (expression === undefined) throw notATime(time);
  return expression;
}
