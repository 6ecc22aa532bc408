import assert from 'node:assert/strict';
import test from 'node:test';
import { daysByJob, loadedDays } from '../../src/operations/change-outcomes.ts';
import type { FinishedDay } from '../../src/operations/run-etl.ts';

const loaded: FinishedDay = {
  date: '2026-11-20',
  state: 'verified',
  runId: 'r2',
  previousRunId: 'r1',
  tables: {},
};
const failed: FinishedDay = { date: '2026-11-21', state: 'failed', runId: 'r3', tables: {} };

test('the history names the run of a day that was loaded, and of one that failed only that it did', () => {
  const outcome = loadedDays([loaded, failed]);
  assert.deepEqual(outcome.ids, { '2026-11-20': 'r2', '2026-11-21': 'failed' });
  assert.deepEqual(outcome.inverses, [
    { kind: 'roll-back-day', date: '2026-11-20', fromRunId: 'r2', toRunId: 'r1' },
  ]);
});

test('of a run of the job that goes on the history names the job’s own id', () => {
  assert.deepEqual(daysByJob({ days: [loaded], started: { '2026-11-22': 'jr_1' } }).ids, {
    '2026-11-20': 'r2',
    '2026-11-22': 'jr_1',
  });
  assert.equal(daysByJob({ days: [], started: {} }).changed, false);
});
