import { JOB_ARGUMENTS } from '../etl/job-arguments.ts';
import { runIdOf } from '../etl/run-id.ts';
import type { EngineChoice } from '../platform/engine.ts';
import type { JobRun, Jobs } from '../platform/jobs.ts';
import { LIVE_RUN_STATES } from '../platform/jobs.ts';
import { type BackoffLimits, backoffMs } from '../std/backoff.ts';
import { Failure, passesByItself } from '../std/failure.ts';
import { claimDay } from './claim-day.ts';
import type { HoldDayDeps } from './hold-day.ts';
import type { JobPrice } from './job-price.ts';
import { manifestsOf } from './read-ledger.ts';
import type { EtlEvent, FinishedDay } from './run-etl.ts';

export type JobEvent =
  | EtlEvent
  | ({ readonly event: 'price'; readonly days: number } & JobPrice)
  | { readonly event: 'waiting'; readonly date: string; readonly why: string }
  | { readonly event: 'run-started'; readonly date: string; readonly jobRun: string; readonly runId: string }
  | {
      readonly event: 'run-state';
      readonly date: string;
      readonly jobRun: string;
      readonly state: JobRun['state'];
    }
  | { readonly event: 'log'; readonly date: string; readonly text: string }
  | { readonly event: 'left-running'; readonly runs: readonly string[] }
  | { readonly event: 'stopped'; readonly runs: readonly string[]; readonly notStopped: readonly string[] };

export interface FollowDeps extends HoldDayDeps {
  readonly jobs: Jobs;
  readonly random: () => string;
  readonly notify: (event: JobEvent) => void;
  /** Waits; rejects when the signal aborts. */
  readonly pause: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface FollowedRun {
  /** Glue's id. */
  readonly id: string;
  readonly date: string;
  /** dp's, under which the manifest lies; null for runs of the schedule. */
  readonly runId: string | null;
  /** How to start it again. */
  readonly force?: boolean | undefined;
  readonly readers?: number | undefined;
  readonly engine?: EngineChoice['name'] | undefined;
}

/** A day whose run could not be started, and why. */
export interface FailedStart {
  readonly failed: FinishedDay;
}

/** A place is free when a run ends: looked for less often than at a run, by this factor. */
const FULL_SLOWER = 2;
/** Faults of the network or the service in a row before following is given up; the run itself goes on. */
const FAULTS_MAX = 6;
const RESTARTS_MAX = 2;
/** What Glue says when its own machines failed, not the job. */
const RETRYABLE =
  /resource unavailable|internal service|not enough (ip|free) addresses|capacity|lost .*executor/i;
const EVENT = 'DP-EVENT ';

/**
 * Starts a day's run, waiting while as many run as the job allows. Where a run works on the day already, or somebody
 * else is about to start one, none is started.
 */
export async function startDay(
  day: Pick<FollowedRun, 'date' | 'force' | 'readers' | 'engine'> & {
    readonly endedRuns?: readonly string[];
  },
  deps: FollowDeps,
): Promise<FollowedRun | FailedStart> {
  const { date, force, readers, engine, endedRuns } = day;
  const runId = runIdOf(deps.clock.now(), deps.random());
  const request = {
    job: deps.jobs.daily,
    arguments: {
      [JOB_ARGUMENTS.date]: date,
      [JOB_ARGUMENTS.runId]: runId,
      ...(force === true ? { [JOB_ARGUMENTS.force]: 'true' } : {}),
      ...(engine === undefined ? {} : { [JOB_ARGUMENTS.engine]: engine }),
      ...(readers === undefined ? {} : { [JOB_ARGUMENTS.readers]: String(readers) }),
    },
    marker: JOB_ARGUMENTS.runId,
  };
  try {
    await using claim = await claimDay({ date, runId, endedRuns }, deps);
    for (let attempt = 0; ; attempt++) {
      await claim.assertHeld();
      const id = await deps.jobs.start(request);
      if (id !== 'full') {
        claim.jobRun = id;
        deps.notify({ event: 'run-started', date, jobRun: id, runId });
        return { date, force, readers, engine, id, runId };
      }
      if (attempt === 0)
        deps.notify({ event: 'waiting', date, why: 'as many runs as the job allows are running' });
      await deps.pause(backoffMs(attempt, slower(deps.jobs.polling), 1), deps.signal);
    }
  } catch (error) {
    if (deps.signal?.aborted === true)
      return { failed: failedDay(date, { code: 'interrupted', message: `${date} was not started.` }) };
    if (!(error instanceof Failure)) throw error;
    return { failed: failedDay(date, error) };
  }
}

function slower({ firstMs, mostMs, factor }: BackoffLimits): BackoffLimits {
  return { firstMs: firstMs * FULL_SLOWER, mostMs: mostMs * FULL_SLOWER, factor };
}

/** Follows a run to its end, and gives what the day's manifest says then. Restarts what failed through no fault of the job's. */
export async function followRun(first: FollowedRun, deps: FollowDeps): Promise<FinishedDay> {
  let run = first;
  const endedRuns: string[] = [];
  for (let restarts = 0; ; restarts++) {
    const ended = await untilEnded(run, deps);
    if (ended === undefined)
      return failedDay(run.date, { code: 'run-lost', message: `The run ${run.id} is no longer known.` });
    if (ended.state === 'succeeded') return verifiedDay(run, deps);
    if (ended.state !== 'failed' || !RETRYABLE.test(ended.error ?? '') || restarts >= RESTARTS_MAX) {
      return endedBadly(run, ended, deps);
    }
    deps.notify({ event: 'warning', date: run.date, message: `Started again: ${ended.error}` });
    endedRuns.push(run.id);
    const again = await startDay({ ...run, endedRuns }, deps);
    if ('failed' in again) return again.failed;
    run = again;
  }
}

/** Polls until the run has ended; undefined when it is known no more. Its lines are passed on as they come. */
async function untilEnded(run: FollowedRun, deps: FollowDeps): Promise<JobRun | undefined> {
  let state: JobRun['state'] | undefined;
  let next: string | null = null;
  let faults = 0;
  for (let polls = 0; ; polls++) {
    try {
      const found = await deps.jobs.run(deps.jobs.daily, run.id);
      next = await passLinesOn(run, next, deps);
      faults = 0;
      if (found === undefined) return undefined;
      if (found.state !== state) {
        state = found.state;
        deps.notify({ event: 'run-state', date: run.date, jobRun: run.id, state });
      }
      if (!LIVE_RUN_STATES.includes(found.state)) return found;
    } catch (error) {
      // Expired sign-in and denied calls will not mend by themselves; the rest may.
      if (!passesByItself(error) || ++faults > FAULTS_MAX) throw error;
    }
    await deps.pause(backoffMs(polls, deps.jobs.polling, 1), deps.signal);
  }
}

async function passLinesOn(run: FollowedRun, next: string | null, deps: FollowDeps): Promise<string | null> {
  const page = await deps.jobs.logs({ job: deps.jobs.daily, id: run.id, next });
  for (const { text } of page.lines) {
    const said = eventOfLine(text);
    if (said === undefined) deps.notify({ event: 'log', date: run.date, text });
    // The end of the day is told by its manifest, once.
    else if (said.event !== 'day-finished') deps.notify({ date: run.date, ...said } as JobEvent);
  }
  return page.next;
}

/** The event that a line of a run's log is; undefined for a line that is for people. */
export function eventOfLine(
  text: string,
): ({ readonly event: string } & Record<string, unknown>) | undefined {
  if (!text.startsWith(EVENT)) return undefined;
  try {
    return JSON.parse(text.slice(EVENT.length));
  } catch {
    return undefined;
  }
}

async function verifiedDay(run: FollowedRun, deps: FollowDeps): Promise<FinishedDay> {
  const manifests = await manifestsOf(run.date, deps);
  const manifest =
    run.runId === null
      ? manifests.findLast(({ state }) => state === 'verified')
      : manifests.find(({ runId }) => runId === run.runId);
  if (manifest?.state !== 'verified')
    return failedDay(run.date, {
      code: 'manifest-missing',
      message: `The run ${run.id} succeeded, and the lake has no manifest that says so.`,
    });
  const tables = Object.entries(manifest.tables).map(
    ([name, { lake }]) => [name, { rows: lake.rows, checksum: lake.checksum }] as const,
  );
  return {
    date: run.date,
    state: 'verified',
    runId: manifest.runId,
    ...(manifest.previousRunId === undefined ? {} : { previousRunId: manifest.previousRunId }),
    tables: Object.fromEntries(tables),
  };
}

async function endedBadly(run: FollowedRun, ended: JobRun, deps: FollowDeps): Promise<FinishedDay> {
  // The job's own words are better than Glue's, where it came to say them.
  const manifest = (await manifestsOf(run.date, deps)).find(({ runId }) => runId === run.runId);
  return failedDay(run.date, {
    code: manifest?.error?.code ?? `run-${ended.state}`,
    message: manifest?.error?.message ?? ended.error ?? `The run ${run.id} has ${ended.state}.`,
  });
}

function failedDay(
  date: string,
  error: { readonly code: string; readonly message: string; readonly nextSteps?: readonly string[] },
): FinishedDay {
  const { code, message, nextSteps } = error;
  return {
    date,
    state: code === 'day-is-running' ? 'running' : 'failed',
    runId: null,
    tables: {},
    error: {
      code,
      message,
      nextSteps: nextSteps ?? [`dp etl logs --date ${date}`, `dp etl run --date ${date}`],
    },
  };
}
