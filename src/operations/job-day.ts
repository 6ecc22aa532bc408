import { dayOfArguments } from '../etl/job-arguments.ts';
import type { JobRun } from '../platform/jobs.ts';

/** The day a run loads. Undefined for runs of other things. */
export function dayOfRun(run: JobRun): string | undefined {
  return dayOfArguments(run.arguments);
}
