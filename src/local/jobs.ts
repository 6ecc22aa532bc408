import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { JOB_ARGUMENTS } from '../etl/job-arguments.ts';
import { runIdOf } from '../etl/run-id.ts';
import type { Job, Jobs, StartRun } from '../platform/jobs.ts';
import { LIVE_RUN_STATES } from '../platform/jobs.ts';
import type { BackoffLimits } from '../std/backoff.ts';
import type { Clock } from '../std/clock.ts';
import { withFileLock } from './file-lock.ts';
import { dpArguments } from './job-command.ts';
import { logPage } from './job-logs.ts';
import { jobUnknownHere } from './jobs-errors.ts';
import { openRunRecords, type RunRecords } from './run-records.ts';

export interface LocalJobsInput {
  /** `.dp/local/jobs`: a folder a run. */
  readonly folder: string;
  /** The name of the daily job. */
  readonly daily: string;
  /** What starts dp: a program and the words before dp's own. */
  readonly command: readonly [string, ...string[]];
  /** What the operator typed, for the journal that the run writes into. */
  readonly typed: string;
  /** The folder of dp.config.json. */
  readonly projectRoot: string;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
}

export interface LocalJobsDeps {
  readonly clock: Clock;
  /** Six or more hex digits, new each time. */
  readonly random: () => string;
}

/** Each takes up to 400 MB with DuckDB and 1.5 GB with Spark. */
const RUNS_AT_ONCE_MAX = 2;
/** A start takes milliseconds: whoever waits longer waits for a process that hangs. */
const START_LOCK_MS_MAX = 10_000;
/** To look at a run here costs a few files. */
const POLLING: BackoffLimits = { firstMs: 100, mostMs: 1_000, factor: 1.5 };

/**
 * The daily job on this machine: a run is a process of its own that loads one day, as the Glue job does on AWS, and
 * goes on when whoever started it has gone. Nothing keeps its state: a process that lives runs, and the last line of
 * the log of one that has ended says how.
 */
export function openLocalJobs(input: LocalJobsInput, deps: LocalJobsDeps): Jobs {
  const records = openRunRecords({ folder: input.folder });
  const job = dailyJob(input.daily);
  return {
    daily: input.daily,
    polling: POLLING,
    usdPerDpuHour: null,
    journaled: true,
    list: async () => [job],
    find: async (name) => (name === input.daily ? job : undefined),
    start: async (request) => startRun(request, { input, records, ...deps }),
    run: async (name, id) => (name === input.daily ? records.find(id) : undefined),
    history: async (name, runsMax) => (name === input.daily ? records.newest(runsMax) : []),
    async stop(name, ids) {
      const stopped = await Promise.all(
        ids.map(async (id) => name === input.daily && (await records.stop(id))),
      );
      return ids.filter((_, index) => stopped[index] !== true);
    },
    logs: ({ id, next }) => logPage(records.logPath(id), next),
  };
}

function dailyJob(name: string): Job {
  return {
    name,
    description: 'Loads one day into the lake, in a process of its own on this machine.',
    glueVersion: null,
    workerType: null,
    workers: null,
    runsAtOnceMax: RUNS_AT_ONCE_MAX,
    timeoutMinutes: null,
    arguments: { [JOB_ARGUMENTS.engine]: 'duckdb' },
  };
}

interface StartDeps extends LocalJobsDeps {
  readonly input: LocalJobsInput;
  readonly records: RunRecords;
}

async function startRun(request: StartRun, deps: StartDeps): Promise<string | 'full'> {
  const { input, records } = deps;
  if (request.job !== input.daily) throw jobUnknownHere(request.job, input.daily);
  const words = [...dpArguments(request.arguments), `--typed=${input.typed}`];
  const lock = {
    path: join(input.folder, 'start.lock'),
    purpose: `start ${input.daily}`,
    timeoutMs: START_LOCK_MS_MAX,
  };
  return withFileLock(lock, async () => {
    const live = (await records.newest(Number.POSITIVE_INFINITY)).filter((run) =>
      LIVE_RUN_STATES.includes(run.state),
    );
    if (live.length >= RUNS_AT_ONCE_MAX) return 'full';
    await records.prune();
    const nowMs = deps.clock.now();
    const id = `jr_${runIdOf(nowMs, deps.random())}`;
    const startedAt = new Date(nowMs).toISOString();
    const record = { id, job: input.daily, arguments: request.arguments, startedAt };
    await records.create(record);
    await records.begun(record, await startProcess(words, records.logPath(id), input));
    return id;
  });
}

/** In a session of its own, with the log as its only door: a closed terminal does not reach it. Gives its number. */
async function startProcess(
  words: readonly string[],
  logPath: string,
  { command: [program, ...before], projectRoot, environmentVariables }: LocalJobsInput,
): Promise<number> {
  const log = openSync(logPath, 'a', 0o600);
  try {
    const child = spawn(program, [...before, ...words], {
      cwd: projectRoot,
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...environmentVariables } as NodeJS.ProcessEnv,
    });
    await once(child, 'spawn');
    child.unref();
    return child.pid ?? 0;
  } finally {
    closeSync(log);
  }
}
