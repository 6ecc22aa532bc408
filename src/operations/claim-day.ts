import type { Jobs } from '../platform/jobs.ts';
import { LIVE_RUN_STATES } from '../platform/jobs.ts';
import { Failure } from '../std/failure.ts';
import { type HeldDay, type HoldDayDeps, holdDay } from './hold-day.ts';
import { liveDays, RUNS_LOOKED_AT } from './job-day.ts';
import { dayHasRun, dayIsBeingStarted } from './job-errors.ts';

export interface ClaimDayInput {
  readonly date: string;
  readonly runId: string;
  /** Runs of the job that the claimant has seen end, whatever the service's list still says of them. */
  readonly endedRuns?: readonly string[] | undefined;
}

/**
 * Makes this process the one that may have the job work on a day, so that of many who come at once one starts a run.
 * The claim is given back with the run's id, which the next claimant looks up: a list of runs may lag behind. A
 * claimant that died is succeeded as the owner of any lock is. Throws a Failure when a run works on the day already or
 * another claimant is about to start one.
 */
export async function claimDay(
  { date, runId, endedRuns = [] }: ClaimDayInput,
  deps: HoldDayDeps & { readonly jobs: Jobs },
): Promise<HeldDay> {
  const claim = await holdDay({ date, runId, kind: 'claims' }, deps).catch((error) => {
    throw error instanceof Failure && error.code === 'day-is-running' ? dayIsBeingStarted(date) : error;
  });
  try {
    const live = await liveRunOf({ date, lastRun: claim.jobRun, endedRuns }, deps.jobs);
    if (live !== undefined) throw dayHasRun(date, live);
    return claim;
  } catch (error) {
    await claim[Symbol.asyncDispose]();
    throw error;
  }
}

async function liveRunOf(
  known: {
    readonly date: string;
    readonly lastRun: string | undefined;
    readonly endedRuns: readonly string[];
  },
  jobs: Jobs,
): Promise<string | undefined> {
  const { date, lastRun, endedRuns } = known;
  if (lastRun !== undefined && !endedRuns.includes(lastRun)) {
    const run = await jobs.run(jobs.daily, lastRun);
    if (run !== undefined && LIVE_RUN_STATES.includes(run.state)) return lastRun;
  }
  const runs = await jobs.history(jobs.daily, RUNS_LOOKED_AT);
  return liveDays(runs.filter(({ id }) => !endedRuns.includes(id))).get(date);
}
