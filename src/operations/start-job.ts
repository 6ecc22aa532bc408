import { randomUUID } from 'node:crypto';
import { parseDay } from '../etl/business-day.ts';
import { dayOfArguments } from '../etl/job-arguments.ts';
import { runIdOf } from '../etl/run-id.ts';
import type { Jobs } from '../platform/jobs.ts';
import { claimDay } from './claim-day.ts';
import type { HoldDayDeps } from './hold-day.ts';
import { jobFull } from './job-errors.ts';

export interface StartJobInput {
  readonly job: string;
  readonly arguments: Readonly<Record<string, string>>;
}

export interface StartJobDeps extends HoldDayDeps {
  readonly jobs: Jobs;
  /** Six or more hex digits, new each time. */
  readonly random: () => string;
}

/**
 * Starts a job once and gives the run's id. Throws a Failure when as many run as the job allows, and for a day that a
 * run works on already.
 */
export async function startJob(request: StartJobInput, deps: StartJobDeps): Promise<string> {
  const { jobs, clock, random } = deps;
  const day = request.job === jobs.daily ? dayOfArguments(request.arguments) : undefined;
  if (day === undefined) return startOnce(request, jobs);
  await using claim = await claimDay({ date: parseDay(day), runId: runIdOf(clock.now(), random()) }, deps);
  const id = await startOnce(request, jobs);
  claim.jobRun = id;
  return id;
}

async function startOnce(request: StartJobInput, jobs: Jobs): Promise<string> {
  const marker = '--started-by';
  const given = { ...request.arguments, [marker]: randomUUID() };
  const id = await jobs.start({ job: request.job, arguments: given, marker });
  if (id === 'full') throw jobFull(request.job);
  return id;
}
