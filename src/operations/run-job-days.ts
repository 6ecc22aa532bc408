import { assertDayOver, listDays } from '../etl/business-day.ts';
import type { DayRecord, DayState } from '../etl/ledger.ts';
import type { EngineChoice } from '../platform/engine.ts';
import { eachOf } from '../std/each-of.ts';
import { Failure, type FailureKind } from '../std/failure.ts';
import { dayOfRun, liveDays, RUNS_LOOKED_AT } from './job-day.ts';
import { type JobPrice, priceOfDays, RUNS_FOR_PRICE } from './job-price.ts';
import { type FollowDeps, type FollowedRun, followRun, type JobEvent, startDay } from './load-day-by-job.ts';
import { readLedger } from './read-ledger.ts';
import { type FinishedDay, type PlannedDay, planDay } from './run-etl.ts';

export interface RunJobDaysInput {
  readonly from: string;
  readonly to: string;
  readonly only?: readonly DayState[];
  /** Days at a time; the job's own limit of runs at once may make it fewer. */
  readonly concurrency: number;
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly readers?: number | undefined;
  /** What moves the days, where there is a choice. */
  readonly engine?: EngineChoice['name'] | undefined;
  /** Start the runs, and do not wait for their end. */
  readonly detach: boolean;
}

export interface RunJobDaysDeps extends FollowDeps {
  /** Asked once when the operator interrupts: what becomes of the runs that live. */
  readonly stopOrLeave: (runIds: readonly string[]) => Promise<'stop' | 'leave'>;
}

export interface RunJobDaysResult {
  readonly plan: readonly PlannedDay[];
  /** Null where runs cost nothing. */
  readonly price: JobPrice | null;
  readonly days: readonly FinishedDay[];
  /** What was started and is not waited for, by day. */
  readonly started: Readonly<Record<string, string>>;
  readonly end: 'ok' | FailureKind;
}

/**
 * Loads days with the Glue job: says which and why and for how much, starts at most one run a day, waits where
 * Glue is full, and follows each to its end. A day that somebody's run works on already is not started again.
 */
export async function runJobDays(input: RunJobDaysInput, deps: RunJobDaysDeps): Promise<RunJobDaysResult> {
  const dates = listDays(input);
  for (const date of dates) assertDayOver(date, deps.clock.now());
  const runs = await deps.jobs.history(deps.jobs.daily, RUNS_LOOKED_AT);
  const busy = liveDays(runs);
  const plan = (await readLedger(dates, deps)).map((record) => planJobDay(record, { input, busy }));
  const toRun = plan.filter(({ action }) => action === 'run').map(({ date }) => date);
  const { usdPerDpuHour } = deps.jobs;
  const price =
    usdPerDpuHour === null ? null : priceOfDays(toRun.length, runs.slice(0, RUNS_FOR_PRICE), usdPerDpuHour);
  deps.notify({ event: 'plan', days: plan });
  if (price !== null) deps.notify({ event: 'price', days: toRun.length, ...price });
  if (input.dryRun || toRun.length === 0) return finish({ plan, price, days: [], started: new Map() }, deps);
  const { force, readers, engine } = input;
  const started = new Map<string, FollowedRun>();
  const live = new Set<string>();
  const stopping = onInterrupt({ live, started }, deps);
  const days = await eachOf(toRun, input.concurrency, async (date): Promise<FinishedDay | undefined> => {
    if (deps.signal?.aborted === true) return undefined;
    const run = await startDay({ date, force, readers, engine }, deps);
    if ('failed' in run) {
      deps.notify({ event: 'day-finished', ...run.failed });
      return run.failed;
    }
    started.set(date, run);
    if (input.detach) return undefined;
    live.add(run.id);
    const day = await followRun(run, deps).catch((error) => {
      // The operator went away; the run goes on until stopOrLeave has an answer.
      if (deps.signal?.aborted === true) return undefined;
      throw error;
    });
    if (day === undefined) return undefined;
    live.delete(run.id);
    deps.notify({ event: 'day-finished', ...day });
    return day;
  });
  await stopping();
  const result = finish({ plan, price, days, started }, deps);
  deps.signal?.throwIfAborted();
  return result;
}

function planJobDay(
  record: DayRecord,
  { input, busy }: { readonly input: RunJobDaysInput; readonly busy: ReadonlyMap<string, string> },
): PlannedDay {
  const run = busy.get(record.date);
  if (run === undefined) return planDay(record, input.only);
  return { date: record.date, state: 'running', action: 'skip', reason: `the run ${run} works on it` };
}

/** Waits for the interrupt beside the work; gives what waits until what it led to is done. */
function onInterrupt(
  runs: { readonly live: ReadonlySet<string>; readonly started: ReadonlyMap<string, FollowedRun> },
  deps: RunJobDaysDeps,
): () => Promise<void> {
  let work: Promise<void> | undefined;
  const asked = (): void => {
    work = (async () => {
      const ids = [...runs.live];
      if (ids.length === 0) return;
      const answer = await deps.stopOrLeave(ids);
      if (answer === 'leave') return deps.notify({ event: 'left-running', runs: ids });
      const notStopped = await deps.jobs.stop(deps.jobs.daily, ids);
      deps.notify({ event: 'stopped', runs: ids.filter((id) => !notStopped.includes(id)), notStopped });
    })();
  };
  deps.signal?.addEventListener('abort', asked, { once: true });
  return async () => {
    deps.signal?.removeEventListener('abort', asked);
    await work;
  };
}

function finish(
  done: {
    readonly plan: readonly PlannedDay[];
    readonly price: JobPrice | null;
    readonly days: readonly (FinishedDay | undefined)[];
    readonly started: ReadonlyMap<string, FollowedRun>;
  },
  deps: RunJobDaysDeps,
): RunJobDaysResult {
  const days = done.days.filter((day) => day !== undefined);
  deps.notify({ event: 'summary', days });
  const failed = days.filter((day) => day.state !== 'verified');
  const left = [...done.started].filter(([date]) => !days.some((day) => day.date === date));
  return {
    plan: done.plan,
    price: done.price,
    days,
    started: Object.fromEntries(left.map(([date, run]) => [date, run.id])),
    end: failed.length === 0 ? 'ok' : failed.length < days.length ? 'partial' : endOf(failed),
  };
}

/** Days that somebody else works on may be asked for again later; anything else that failed has failed. */
function endOf(failed: readonly FinishedDay[]): FailureKind {
  return failed.every(({ state }) => state === 'running') ? 'temporary' : 'failed';
}

/** Follows the newest run of a day, whoever started it. Throws a Failure when none is known. */
export async function attachDay(date: string, deps: FollowDeps): Promise<FinishedDay> {
  const runs = await deps.jobs.history(deps.jobs.daily, RUNS_LOOKED_AT);
  const run = runs.find((one) => dayOfRun(one) === date);
  if (run === undefined) throw noRunOf(date);
  const runId = run.arguments['--run-id'] ?? null;
  const day = await followRun({ id: run.id, date, runId }, deps);
  deps.notify({ event: 'summary', days: [day] });
  return day;
}

export function noRunOf(date: string): Failure {
  return new Failure({
    code: 'no-run-of-day',
    kind: 'failed',
    message: `No run of the job is known for ${date}.`,
    nextSteps: [`dp etl run --date ${date}`, 'dp job history'],
    docs: 'docs/spark.md',
  });
}

export type { JobEvent };
