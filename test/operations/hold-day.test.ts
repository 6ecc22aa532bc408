import assert from 'node:assert/strict';
import test from 'node:test';
import { HEARTBEAT_LOST_MS, type RunOwner } from '../../src/etl/day-lock.ts';
import { runIdOf } from '../../src/etl/run-id.ts';
import { openLocalLake } from '../../src/local/lake.ts';
import { type HoldDayDeps, holdDay, runningRun } from '../../src/operations/hold-day.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const date = '2026-11-21';
const runId = (number: number): string => runIdOf(Date.UTC(2026, 10, 23) + number, 'abcdef');

/** Machines that share one lake and one clock; each knows only who runs on itself. */
async function sharedLake(t: test.TestContext) {
  const lake = openLocalLake({ folder: `${await temporaryFolder(t)}/lake` });
  const clock = { ms: 1_000_000, now: () => clock.ms };
  const gone = new Set<number>();
  const machine = (host: string, pid = 1): HoldDayDeps => {
    const owner: RunOwner = { host, pid, processStart: `${host}:${pid}` };
    const isGone = async (other: RunOwner) => (other.host === host ? gone.has(other.pid) : undefined);
    return { lake, clock, engine: { owner, isGone } };
  };
  return { lake, clock, gone, machine };
}

test('a day is held by one run at a time, and is free once it is given back', async (t) => {
  const { machine } = await sharedLake(t);
  const here = machine('here');
  {
    await using held = await holdDay({ date, runId: runId(1) }, here);
    await held.assertHeld();
    assert.equal(await runningRun(date, here), runId(1));
    await assert.rejects(holdDay({ date, runId: runId(2) }, here), {
      code: 'day-is-running',
      kind: 'temporary',
    });
    await assert.rejects(holdDay({ date, runId: runId(2) }, machine('there')), { code: 'day-is-running' });
    await using other = await holdDay({ date: '2026-11-22', runId: runId(3) }, here);
    await other.assertHeld();
  }
  assert.equal(await runningRun(date, here), undefined);
  await using again = await holdDay({ date, runId: runId(4) }, here);
  assert.equal(again.recoveredRunId, undefined);
});

test('of many who come at once exactly one holds the day', async (t) => {
  const { machine } = await sharedLake(t);
  const comers = Array.from({ length: 12 }, (_, number) =>
    holdDay({ date, runId: runId(number) }, machine('here', number)),
  );
  const ends = await Promise.allSettled(comers);
  assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const end of ends) if (end.status === 'fulfilled') await end.value[Symbol.asyncDispose]();
});

test('of many who find a dead owner exactly one takes over', async (t) => {
  const { machine, gone } = await sharedLake(t);
  await holdDay({ date, runId: runId(1) }, machine('here', 99));
  gone.add(99);
  const ends = await Promise.allSettled(
    Array.from({ length: 12 }, (_, number) =>
      holdDay({ date, runId: runId(10 + number) }, machine('here', number)),
    ),
  );
  const holders = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  assert.equal(holders.length, 1);
  assert.equal(holders[0]?.recoveredRunId, runId(1));
  await holders[0]?.[Symbol.asyncDispose]();
});

test('an owner on another machine is believed until its heartbeat has been lost, and may then not publish', async (t) => {
  const { machine, clock, lake } = await sharedLake(t);
  const slow = await holdDay({ date, runId: runId(1) }, machine('there'));
  clock.ms += HEARTBEAT_LOST_MS - 1;
  await assert.rejects(holdDay({ date, runId: runId(2) }, machine('here')), { code: 'day-is-running' });
  clock.ms += 1;
  const fresh = await holdDay({ date, runId: runId(2) }, machine('here'));
  assert.equal(fresh.recoveredRunId, runId(1));
  await assert.rejects(slow.assertHeld(), { code: 'lock-lost' });
  await slow[Symbol.asyncDispose]();
  await fresh.assertHeld();
  assert.equal(
    await runningRun(date, machine('third')),
    runId(2),
    'the slow owner’s end does not free the day',
  );
  await fresh[Symbol.asyncDispose]();
  assert.equal((await lake.list('locks/')).length, 1, 'old generations do not pile up');
});
