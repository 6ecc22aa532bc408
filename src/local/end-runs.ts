import { LIVE_RUN_STATES } from '../platform/jobs.ts';
import { until } from '../std/deadline.ts';
import { openRunRecords } from './run-records.ts';

/** Longer than dp takes to tidy up after it was asked to end. */
const END_MS_MAX = 20_000;
const LOOK_EVERY_MS = 50;

/** Asks every run of the job that lives to end, and waits until it has. Gives how many there were. */
export async function endRuns(folder: string): Promise<number> {
  const records = openRunRecords({ folder });
  const liveOnes = async () =>
    (await records.newest(Number.POSITIVE_INFINITY)).filter(({ state }) => LIVE_RUN_STATES.includes(state));
  const live = await liveOnes();
  for (const { id } of live) await records.stop(id);
  const ended = async () => ((await liveOnes()).length === 0 ? true : undefined);
  if (live.length > 0) await until(ended, { timeoutMs: END_MS_MAX, everyMs: LOOK_EVERY_MS });
  return live.length;
}
