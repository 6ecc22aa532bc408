import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { HEARTBEAT_LOST_MS } from '../../src/etl/day-lock.ts';
import { runIdOf } from '../../src/etl/run-id.ts';
import { openLocalLake } from '../../src/local/lake.ts';
import { claimDay } from '../../src/operations/claim-day.ts';
import type { HoldDayDeps } from '../../src/operations/hold-day.ts';
import type { JobRun, Jobs } from '../../src/platform/jobs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const date = '2026-11-21';
const runId = (number: number): string => runIdOf(Date.UTC(2026, 10, 23) + number, 'abcdef');

/** Operators elsewhere, as on AWS: nobody can tell whether another's process lives. Runs are what the test says. */
async function operators(t: TestContext) {
  const lake = openLocalLake({ folder: `${await temporaryFolder(t)}/lake` });
  const clock = { ms: 1_000_000, now: () => clock.ms };
  const runs: JobRun[] = [];
  const listed: JobRun[] = [];
  const jobs = {
    daily: 'daily',
    run: async (_job: string, id: string) => runs.find((run) => run.id === id),
    history: async () => listed,
  } as unknown as Jobs;
  const operator = (pid: number): HoldDayDeps & { jobs: Jobs } => ({
    ...{ lake, clock, jobs },
    engine: { owner: { host: 'there', pid, processStart: '' }, isGone: async () => undefined },
  });
  return { lake, clock, runs, listed, operator };
}

function run(id: string, state: JobRun['state']): JobRun {
  const times = { startedAt: null, endedAt: null, seconds: null, dpuSeconds: null, error: null };
  return { id, job: 'daily', state, arguments: { '--date': date }, ...times };
}

test('of many who would start one day at once one may, and the others are told', async (t) => {
  const { operator, lake } = await operators(t);
  const ends = await Promise.allSettled(
    Array.from({ length: 12 }, (_, pid) => claimDay({ date, runId: runId(pid) }, operator(pid))),
  );
  const claims = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  assert.equal(claims.length, 1);
  for (const end of ends)
    if (end.status === 'rejected') assert.match(end.reason.message, /somebody else is starting its run/);
  await claims[0]?.[Symbol.asyncDispose]();
  await using next = await claimDay({ date, runId: runId(99) }, operator(99));
  await next.assertHeld();
  assert.equal((await lake.list('claims/')).length, 1, 'old generations do not pile up');
  assert.deepEqual(await lake.list('locks/'), [], 'a claim is no lock: the run takes that itself');
});

test('a run that a claim has started keeps others from starting one, though the list of runs lags behind', async (t) => {
  const { operator, runs } = await operators(t);
  {
    await using claim = await claimDay({ date, runId: runId(1) }, operator(1));
    runs.push(run('jr_1', 'starting'));
    claim.jobRun = 'jr_1';
  }
  // The second to be refused still knows of the run: refusing the first has not made the claim forget it.
  for (const pid of [2, 3])
    await assert.rejects(claimDay({ date, runId: runId(pid) }, operator(pid)), {
      code: 'day-is-running',
      kind: 'temporary',
      message: /jr_1 works on it/,
    });
  runs[0] = run('jr_1', 'succeeded');
  await using again = await claimDay({ date, runId: runId(4) }, operator(4));
  await again.assertHeld();
});

test('a run of the schedule, of which no claim tells, keeps others from starting one; whoever saw it end may', async (t) => {
  const { operator, listed } = await operators(t);
  listed.push({ ...run('jr_s', 'running'), arguments: { '--scheduled-time': '2026-11-21T17:00:00Z' } });
  await assert.rejects(claimDay({ date, runId: runId(1) }, operator(1)), { message: /jr_s works on it/ });
  await using claim = await claimDay({ date, runId: runId(2), endedRuns: ['jr_s'] }, operator(2));
  await claim.assertHeld();
});

test('a claimant that died is succeeded when its heartbeat has been lost, and may then start nothing', async (t) => {
  const { operator, clock } = await operators(t);
  const dead = await claimDay({ date, runId: runId(1) }, operator(1));
  clock.ms += HEARTBEAT_LOST_MS - 1;
  await assert.rejects(claimDay({ date, runId: runId(2) }, operator(2)), { code: 'day-is-running' });
  clock.ms += 1;
  await using next = await claimDay({ date, runId: runId(2) }, operator(2));
  await assert.rejects(dead.assertHeld(), { code: 'lock-lost' });
  await dead[Symbol.asyncDispose]();
  await next.assertHeld();
});
