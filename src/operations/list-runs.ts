import type { Job, JobRun, Jobs } from '../platform/jobs.ts';
import { jobUnknown } from './job-errors.ts';

/** Throws a Failure that names the jobs there are. */
export async function findJob(name: string, jobs: Jobs): Promise<Job> {
  const job = await jobs.find(name);
  if (job !== undefined) return job;
  const known = (await jobs.list()).map((one) => one.name);
  throw jobUnknown('job', name, known);
}

/** The last runs of a job, newest first. A job without any is there, or a Failure is thrown. */
export async function listRuns(
  { job, runsMax }: { readonly job: string; readonly runsMax: number },
  jobs: Jobs,
): Promise<JobRun[]> {
  const runs = await jobs.history(job, runsMax);
  if (runs.length === 0) await findJob(job, jobs);
  return runs;
}
