import { addDays, dayAt } from '../etl/business-day.ts';
import { nextStarts } from '../etl/daily-cron.ts';
import { JOB_ARGUMENTS } from '../etl/job-arguments.ts';
import { runIdOf } from '../etl/run-id.ts';
import type { Jobs } from '../platform/jobs.ts';
import type { DailySchedule, Schedule } from '../platform/schedule.ts';
import { backoffMs } from '../std/backoff.ts';
import type { Clock } from '../std/clock.ts';
import { Failure, messageOf } from '../std/failure.ts';
import { keptByService } from './job-errors.ts';

export type KeepScheduleEvent =
  | { readonly event: 'waiting'; readonly at: string; readonly day: string }
  | { readonly event: 'paused' }
  | { readonly event: 'slept-through'; readonly days: readonly string[] }
  | { readonly event: 'job-full'; readonly day: string }
  | { readonly event: 'run-started'; readonly day: string; readonly jobRun: string }
  | { readonly event: 'not-started'; readonly day: string; readonly why: string };

export interface KeepScheduleDeps {
  readonly schedule: Schedule;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly random: () => string;
  readonly notify: (event: KeepScheduleEvent) => void;
  /** Waits; rejects when the signal aborts. */
  readonly pause: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

/** How soon a changed schedule, a clock that was set and a machine that slept are noticed. */
const LOOK_EVERY_MS = 15_000;
/** Nobody looks further back than this for starts that were slept through. */
const STARTS_LOOKED_AT = 400;

/**
 * Starts the daily job at its time until the signal fires, as EventBridge Scheduler does on AWS. Of starts that the
 * machine slept through only the last is made up for. Throws a Failure where a service keeps the schedule.
 */
export async function keepSchedule(deps: KeepScheduleDeps): Promise<{ readonly runs: readonly string[] }> {
  const { schedule } = deps;
  if (schedule.keep === undefined) throw keptByService();
  const runs: string[] = [];
  await schedule.keep(async () => {
    try {
      await keepOn(runs, deps);
    } catch (error) {
      if (!deps.signal.aborted) throw error;
    }
  });
  return { runs };
}

async function keepOn(runs: string[], deps: KeepScheduleDeps): Promise<never> {
  const { schedule, clock, notify, pause, signal } = deps;
  let afterMs = clock.now();
  let said = '';
  const say = (event: KeepScheduleEvent): void => {
    if (said !== JSON.stringify(event)) notify(event);
    said = JSON.stringify(event);
  };
  for (;;) {
    signal.throwIfAborted();
    const found = await schedule.show();
    const nowMs = clock.now();
    // What a pause kept from starting is not made up for.
    if (found === undefined || !found.enabled) {
      say({ event: 'paused' });
      afterMs = nowMs;
      await pause(LOOK_EVERY_MS, signal);
      continue;
    }
    const { due, nextMs } = startsSince(found, { afterMs, nowMs });
    const dueMs = due.at(-1);
    if (dueMs === undefined) {
      say({ event: 'waiting', at: new Date(nextMs).toISOString(), day: dayOf(nextMs) });
      await pause(Math.min(LOOK_EVERY_MS, nextMs - nowMs), signal);
      continue;
    }
    if (due.length > 1) say({ event: 'slept-through', days: due.slice(0, -1).map(dayOf) });
    const run = await startScheduled(dueMs, deps);
    if (run !== undefined) runs.push(run);
    afterMs = dueMs;
  }
}

function startsSince(
  found: DailySchedule,
  { afterMs, nowMs }: { readonly afterMs: number; readonly nowMs: number },
): { readonly due: readonly number[]; readonly nextMs: number } {
  const starts = nextStarts(found, { nowMs: afterMs, count: STARTS_LOOKED_AT }) ?? [];
  const due = starts.filter((ms) => ms <= nowMs);
  return { due, nextMs: starts[due.length] ?? Number.POSITIVE_INFINITY };
}

/** One run for one start, once: waits while as many run as the job allows. Undefined when it could not be started. */
async function startScheduled(dueMs: number, deps: KeepScheduleDeps): Promise<string | undefined> {
  const { jobs, clock, notify, pause, signal } = deps;
  const day = dayOf(dueMs);
  const given = {
    [JOB_ARGUMENTS.scheduledTime]: new Date(dueMs).toISOString(),
    [JOB_ARGUMENTS.runId]: runIdOf(clock.now(), deps.random()),
  };
  try {
    for (let attempt = 0; ; attempt++) {
      const id = await jobs.start({ job: jobs.daily, arguments: given, marker: JOB_ARGUMENTS.runId });
      if (id !== 'full') {
        notify({ event: 'run-started', day, jobRun: id });
        return id;
      }
      if (attempt === 0) notify({ event: 'job-full', day });
      await pause(backoffMs(attempt, jobs.polling, 1), signal);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Failure)) throw error;
    notify({ event: 'not-started', day, why: messageOf(error) });
    return undefined;
  }
}

/** The day that has just ended when the schedule means to start. */
function dayOf(startMs: number): string {
  return addDays(dayAt(startMs), -1);
}
