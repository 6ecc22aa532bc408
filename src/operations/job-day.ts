import { dayOfArguments } from '../etl/job-arguments.ts';
import { type JobRun, LIVE_RUN_STATES } from '../platform/jobs.ts';

/** Enough to see every run that lives: a run that began before so many others has long ended. */
export const RUNS_LOOKED_AT = 200;

/** The day a run loads. Undefined for runs of other things. */
export function dayOfRun(run: JobRun): string | undefined {
  return dayOfArguments(run.arguments);
}

/** The days that live runs are about, and which run it is. */
export function liveDays(runs: readonly JobRun[]): ReadonlyMap<string, string> {
  const live = runs.filter((run) => LIVE_RUN_STATES.includes(run.state));
  return new Map(
    live.flatMap((run) => {
      const day = dayOfRun(run);
      return day === undefined ? [] : [[day, run.id] as const];
    }),
  );
}
