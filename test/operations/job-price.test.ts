import assert from 'node:assert/strict';
import test from 'node:test';
import { priceOfDays } from '../../src/operations/job-price.ts';
import type { JobRun } from '../../src/platform/jobs.ts';

const USD_PER_DPU_HOUR = 0.44;

function run(state: JobRun['state'], dpuSeconds: number | null): JobRun {
  const times = { startedAt: null, endedAt: null, seconds: null, error: null };
  return { id: 'jr', job: 'daily', state, dpuSeconds, arguments: {}, ...times };
}

test('days cost what the middle one of the runs that succeeded has cost', () => {
  const runs = [
    run('succeeded', 3_600),
    run('succeeded', 900_000),
    run('succeeded', 1_800),
    run('succeeded', null),
    // One that failed early would make days look cheap.
    run('failed', 10),
    run('running', 20),
  ];
  const price = priceOfDays(3, runs, USD_PER_DPU_HOUR);
  assert.deepEqual(price, { usdPerDay: 0.44, usd: 3 * 0.44, runsSeen: 3 });
});

test('without a run that succeeded nobody knows the price', () => {
  assert.deepEqual(priceOfDays(2, [run('failed', 10)], USD_PER_DPU_HOUR), {
    usdPerDay: null,
    usd: null,
    runsSeen: 0,
  });
});
