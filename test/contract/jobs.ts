import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { type Jobs, LIVE_RUN_STATES } from '../../src/platform/jobs.ts';

const DAY = '2026-11-21';
const MARKER = '--run-id';

/** What every environment's jobs do. `open` gives a daily job that allows two runs at once and has had none; its runs go on for a while. */
export function jobsContract(label: string, open: (t: TestContext) => Promise<Jobs>): void {
  const start = (jobs: Jobs, marker: string): Promise<string | 'full'> =>
    jobs.start({
      job: jobs.daily,
      arguments: { '--date': DAY, [MARKER]: marker },
      marker: MARKER,
    });
  const ids = ['20261123T000000000Z-00000a', '20261123T000000001Z-00000b', '20261123T000000002Z-00000c'];

  test(`${label}: the daily job is among the jobs, and one that is not there is not found`, async (t) => {
    const jobs = await open(t);
    const found = await jobs.find(jobs.daily);
    assert.deepEqual([found?.name, found?.runsAtOnceMax], [jobs.daily, 2]);
    assert.ok((await jobs.list()).some(({ name }) => name === jobs.daily));
    assert.equal(await jobs.find('none'), undefined);
    assert.deepEqual(await jobs.history('none', 5), []);
    assert.equal(await jobs.run(jobs.daily, 'jr_none'), undefined);
    await assert.rejects(jobs.start({ job: 'none', arguments: { '--date': DAY }, marker: MARKER }), {
      name: 'Failure',
    });
    assert.ok(jobs.polling.firstMs > 0 && jobs.polling.mostMs >= jobs.polling.firstMs);
  });

  test(`${label}: a run lives at first, keeps its arguments, and the history begins with the newest`, async (t) => {
    const jobs = await open(t);
    assert.deepEqual(await jobs.history(jobs.daily, 5), []);
    const first = await start(jobs, ids[0] ?? '');
    const run = await jobs.run(jobs.daily, first);
    assert.deepEqual([run?.id, run?.job], [first, jobs.daily]);
    assert.ok(run !== undefined && LIVE_RUN_STATES.includes(run.state), run?.state);
    assert.deepEqual([run.arguments['--date'], run.arguments[MARKER]], [DAY, ids[0]]);
    assert.deepEqual([run.endedAt, run.error], [null, null]);
    assert.ok(Math.abs(Date.parse(run.startedAt ?? '') - Date.now()) < 60_000);
    const second = await start(jobs, ids[1] ?? '');
    assert.notEqual(second, first);
    const history = await jobs.history(jobs.daily, 5);
    assert.equal(history.length, 2);
    assert.deepEqual((await jobs.history(jobs.daily, 1)).length, 1);
  });

  test(`${label}: no more runs are started at once than the job allows`, async (t) => {
    const jobs = await open(t);
    await start(jobs, ids[0] ?? '');
    await start(jobs, ids[1] ?? '');
    assert.equal(await start(jobs, ids[2] ?? ''), 'full');
    assert.equal((await jobs.history(jobs.daily, 5)).length, 2);
  });

  test(`${label}: a log without lines has an empty page, and the next one is empty too`, async (t) => {
    const jobs = await open(t);
    const id = await start(jobs, ids[0] ?? '');
    const page = await jobs.logs({ job: jobs.daily, id, next: null });
    assert.deepEqual(page.lines, []);
    assert.deepEqual((await jobs.logs({ job: jobs.daily, id, next: page.next })).lines, []);
  });
}
