import { addDays, dayAt } from '../etl/business-day.ts';
import type { JobRun } from '../platform/jobs.ts';

/** The arguments the job takes; infra/glue/arguments.py lists them. */
export const JOB_ARGUMENTS = {
  date: '--date',
  scheduledTime: '--scheduled-time',
  runId: '--run-id',
  readers: '--readers',
  force: '--force',
} as const;

/** The day a run loads: the one it was given, or the one its schedule means. Undefined for runs of other things. */
export function dayOfRun(run: JobRun): string | undefined {
  const day = run.arguments[JOB_ARGUMENTS.date];
  if (day !== undefined) return day;
  const scheduled = Date.parse(run.arguments[JOB_ARGUMENTS.scheduledTime] ?? '');
  return Number.isNaN(scheduled) ? undefined : addDays(dayAt(scheduled), -1);
}
