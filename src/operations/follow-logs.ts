import type { JobRun, Jobs } from '../platform/jobs.ts';
import { LIVE_RUN_STATES } from '../platform/jobs.ts';
import { pause } from '../std/deadline.ts';
import { dayOfRun } from './job-day.ts';
import { noRunOf } from './run-job-days.ts';

const RUNS_LOOKED_AT = 100;

/** The newest run of a day. Throws a Failure when none is known. */
export async function latestRunOf(date: string, jobs: Jobs): Promise<JobRun> {
  const run = (await jobs.history(jobs.daily, RUNS_LOOKED_AT)).find((one) => dayOfRun(one) === date);
  if (run === undefined) throw noRunOf(date);
  return run;
}

/** Writes a run's lines, and with `follow` goes on until it has ended. Gives how many there were. */
export async function followLogs(
  { run, follow }: { readonly run: JobRun; readonly follow: boolean },
  deps: {
    readonly jobs: Jobs;
    readonly write: (text: string) => Promise<void>;
    /** Tests wait in their own way. */
    readonly pause?: (ms: number, signal?: AbortSignal) => Promise<void>;
    readonly signal?: AbortSignal;
  },
): Promise<{ readonly run: string; readonly state: JobRun['state']; readonly lines: readonly string[] }> {
  const lines: string[] = [];
  let next: string | null = null;
  let state = run.state;
  for (;;) {
    const page = await deps.jobs.logs({ job: run.job, id: run.id, next });
    for (const { text } of page.lines) {
      await deps.write(text);
      if (!follow) lines.push(text);
    }
    const more: boolean = page.lines.length > 0;
    next = page.next;
    if (more) continue;
    if (!follow || !LIVE_RUN_STATES.includes(state)) return { run: run.id, state, lines };
    await (deps.pause ?? pause)(deps.jobs.polling.firstMs, deps.signal);
    state = (await deps.jobs.run(run.job, run.id))?.state ?? 'failed';
  }
}
