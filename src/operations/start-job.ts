import { randomUUID } from 'node:crypto';
import type { Jobs } from '../platform/jobs.ts';
import { jobFull } from './job-errors.ts';

/** Starts a job once and gives the run's id. Throws a Failure when as many run as the job allows. */
export async function startJob(
  request: { readonly job: string; readonly arguments: Readonly<Record<string, string>> },
  jobs: Jobs,
): Promise<string> {
  const marker = '--started-by';
  const given = { ...request.arguments, [marker]: randomUUID() };
  const id = await jobs.start({ job: request.job, arguments: given, marker });
  if (id === 'full') throw jobFull(request.job);
  return id;
}
