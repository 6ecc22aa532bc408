import { addDays, type BusinessDay, dayAt } from './business-day.ts';

/** The arguments the daily job takes; infra/glue/arguments.py lists them. */
export const JOB_ARGUMENTS = {
  date: '--date',
  scheduledTime: '--scheduled-time',
  runId: '--run-id',
  engine: '--engine',
  readers: '--readers',
  force: '--force',
} as const;

/** The day a run loads: the one it was given, or the one that had just ended when its schedule meant to start. */
export function dayOfArguments(given: Readonly<Record<string, string>>): BusinessDay | undefined {
  const day = given[JOB_ARGUMENTS.date];
  if (day !== undefined) return day;
  const scheduled = Date.parse(given[JOB_ARGUMENTS.scheduledTime] ?? '');
  return Number.isNaN(scheduled) ? undefined : addDays(dayAt(scheduled), -1);
}
