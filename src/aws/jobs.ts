import type { GlueClient, Job as GlueJob, JobRun as GlueJobRun } from '@aws-sdk/client-glue';
import { AWS_PRICES } from '../config/aws-prices.ts';
import type { Job, JobRun, JobRunState, Jobs, LogPage, StartRun } from '../platform/jobs.ts';
import { LIVE_RUN_STATES } from '../platform/jobs.ts';
import type { BackoffLimits } from '../std/backoff.ts';
import { Failure } from '../std/failure.ts';
import type { AwsClients } from './aws-clients.ts';
import { isUnreachable, nameOf } from './errors.ts';
import { openJobLogs } from './job-logs.ts';

export interface AwsJobsInput {
  readonly clients: AwsClients;
  readonly daily: string;
  /** Where the job writes its lines: `/aws-glue/jobs/…`. */
  readonly logGroup: string;
}

/** Runs among which a start whose answer was lost is looked for. */
const RECENT_RUNS = 50;
const LOOK_WAIT_MS = 1_000;
/** A start takes a minute, a day some more. */
const POLLING: BackoffLimits = { firstMs: 5_000, mostMs: 20_000, factor: 1.3 };

type Ask = <T>(what: string, call: (glue: GlueClient) => Promise<T>) => Promise<T>;

/** The jobs of AWS Glue. */
export function openAwsJobs({ clients, daily, logGroup }: AwsJobsInput): Jobs {
  const ask: Ask = (what, call) => clients.call(what, async () => call(await clients.glue()));
  const history = (job: string, runsMax: number): Promise<JobRun[]> =>
    ask(`list the runs of ${job}`, (glue) => runsOf(glue, job, runsMax));
  return {
    daily,
    polling: POLLING,
    usdPerDpuHour: AWS_PRICES.glueUnit.usd,
    journaled: false,
    list: () => ask('list the jobs', listJobs),
    find: (name) => ask(`look up the job ${name}`, (glue) => findJob(glue, name)),
    start: (request) => startOnce(request, { ask, history }),
    run: (job, id) => ask(`look up the run ${id} of ${job}`, (glue) => findRun(glue, job, id)),
    history,
    stop: (job, ids) => ask(`stop runs of ${job}`, (glue) => stopRuns(glue, job, ids)),
    logs: async (run): Promise<LogPage> => openJobLogs({ clients, logGroup }).page(run),
  };
}

async function listJobs(glue: GlueClient): Promise<Job[]> {
  const { paginateGetJobs } = await import('@aws-sdk/client-glue');
  const jobs: Job[] = [];
  for await (const page of paginateGetJobs({ client: glue }, {})) jobs.push(...(page.Jobs ?? []).map(jobOf));
  return jobs.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function findJob(glue: GlueClient, name: string): Promise<Job | undefined> {
  const { GetJobCommand } = await import('@aws-sdk/client-glue');
  const answer = await glue.send(new GetJobCommand({ JobName: name })).catch(notThere);
  return answer?.Job === undefined ? undefined : jobOf(answer.Job);
}

async function findRun(glue: GlueClient, job: string, id: string): Promise<JobRun | undefined> {
  const { GetJobRunCommand } = await import('@aws-sdk/client-glue');
  const answer = await glue.send(new GetJobRunCommand({ JobName: job, RunId: id })).catch(notThere);
  return answer?.JobRun === undefined ? undefined : runOf(answer.JobRun);
}

async function runsOf(glue: GlueClient, job: string, runsMax: number): Promise<JobRun[]> {
  const { paginateGetJobRuns } = await import('@aws-sdk/client-glue');
  const runs: JobRun[] = [];
  try {
    for await (const page of paginateGetJobRuns({ client: glue }, { JobName: job })) {
      runs.push(...(page.JobRuns ?? []).map(runOf));
      if (runs.length >= runsMax) break;
    }
  } catch (error) {
    notThere(error);
  }
  return runs.sort((a, b) => ((a.startedAt ?? '') > (b.startedAt ?? '') ? -1 : 1)).slice(0, runsMax);
}

/**
 * StartJobRun takes no token that would make it safe to repeat, so the SDK may not repeat it. When no answer came,
 * the runs say whether it took effect.
 */
async function startOnce(
  request: StartRun,
  deps: { readonly ask: Ask; readonly history: Jobs['history'] },
): Promise<string | 'full'> {
  const { GlueClient: Client, StartJobRunCommand } = await import('@aws-sdk/client-glue');
  return deps.ask(`start the job ${request.job}`, async (glue) => {
    const { region, credentials, requestHandler } = glue.config;
    const once = new Client({ region, credentials, requestHandler, maxAttempts: 1 });
    try {
      const command = new StartJobRunCommand({ JobName: request.job, Arguments: { ...request.arguments } });
      const { JobRunId: id } = await once.send(command);
      return id ?? lostStart(request, deps.history);
    } catch (error) {
      if (nameOf(error) === 'ConcurrentRunsExceededException') return 'full';
      if (!isUnreachable(error) && !isLostAnswer(error)) throw error;
      return lostStart(request, deps.history);
    }
  });
}

async function lostStart(request: StartRun, history: Jobs['history']): Promise<string> {
  const { pause } = await import('../std/deadline.ts');
  await pause(LOOK_WAIT_MS);
  const marker = request.arguments[request.marker];
  const found = (await history(request.job, RECENT_RUNS)).find(
    (run) => run.arguments[request.marker] === marker,
  );
  if (found !== undefined) return found.id;
  throw new Failure({
    code: 'start-unanswered',
    kind: 'temporary',
    message: `Cannot start the job ${request.job}: the connection was lost, and no run has begun.`,
    nextSteps: ['Run the command again.'],
    docs: 'docs/spark.md',
  });
}

function isLostAnswer(error: unknown): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return status === undefined ? nameOf(error) === 'Error' : status >= 500;
}

async function stopRuns(glue: GlueClient, job: string, ids: readonly string[]): Promise<string[]> {
  const { BatchStopJobRunCommand } = await import('@aws-sdk/client-glue');
  const answer = await glue.send(new BatchStopJobRunCommand({ JobName: job, JobRunIds: [...ids] }));
  return (answer.Errors ?? []).map(({ JobRunId: id }) => id ?? '');
}

const STATES: Readonly<Record<string, JobRunState>> = {
  WAITING: 'waiting',
  STARTING: 'starting',
  RUNNING: 'running',
  STOPPING: 'stopping',
  SUCCEEDED: 'succeeded',
  STOPPED: 'stopped',
  TIMEOUT: 'timed-out',
};

function runOf(run: GlueJobRun): JobRun {
  const dpuSeconds = run.DPUSeconds ?? (run.MaxCapacity ?? 0) * (run.ExecutionTime ?? 0);
  // ERROR, EXPIRED and whatever comes later have ended badly.
  const state = STATES[run.JobRunState ?? ''] ?? 'failed';
  const isLive = LIVE_RUN_STATES.includes(state);
  return {
    id: run.Id ?? '',
    job: run.JobName ?? '',
    state,
    startedAt: run.StartedOn?.toISOString() ?? null,
    endedAt: isLive ? null : (run.CompletedOn?.toISOString() ?? null),
    seconds: run.ExecutionTime ?? null,
    dpuSeconds: dpuSeconds > 0 ? dpuSeconds : null,
    arguments: run.Arguments ?? {},
    error: run.ErrorMessage ?? null,
  };
}

function jobOf(job: GlueJob): Job {
  return {
    name: job.Name ?? '',
    description: job.Description ?? null,
    glueVersion: job.GlueVersion ?? null,
    workerType: job.WorkerType ?? null,
    workers: job.NumberOfWorkers ?? null,
    runsAtOnceMax: job.ExecutionProperty?.MaxConcurrentRuns ?? 1,
    timeoutMinutes: job.Timeout ?? null,
    arguments: job.DefaultArguments ?? {},
  };
}

function notThere(error: unknown): undefined {
  if (nameOf(error) === 'EntityNotFoundException') return undefined;
  throw error;
}
