import assert from 'node:assert/strict';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { openLocalJobs } from '../../src/local/jobs.ts';
import { openRunRecords } from '../../src/local/run-records.ts';
import { type JobRun, type Jobs, LIVE_RUN_STATES } from '../../src/platform/jobs.ts';
import { until } from '../../src/std/deadline.ts';
import { jobsContract } from '../contract/jobs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const RUN_ID = '20261123T000000000Z-00000a';
/** Stand-ins for dp: what the adapter makes of a process is told by how it ends and what it says. */
const WAITS = 'setInterval(() => {}, 1000)';

async function open(t: TestContext, script: string): Promise<{ jobs: Jobs; folder: string }> {
  // Before the folder goes, which says what is to be ended.
  let endAll = async (): Promise<void> => undefined;
  t.after(() => endAll());
  const projectRoot = await temporaryFolder(t);
  const folder = join(projectRoot, 'jobs');
  let runs = 0;
  const { NODE_TEST_CONTEXT: _test, ...environmentVariables } = process.env;
  const jobs = openLocalJobs(
    {
      folder,
      daily: 'local-shop-daily',
      command: [process.execPath, '-e', script, '--'],
      projectRoot,
      typed: 'dp etl run --date 2026-11-21 --detach',
      environmentVariables,
    },
    { clock: { now: Date.now }, random: () => (++runs).toString(16).padStart(6, '0') },
  );
  endAll = async () => {
    // Also those that a test has the adapter take for ended, and never what only has the number of one.
    for (const { id } of await jobs.history(jobs.daily, 1_000)) await killStandIn(id, folder);
  };
  return { jobs, folder };
}

async function killStandIn(id: string, folder: string): Promise<void> {
  const record = JSON.parse(await readFile(join(folder, id, 'run.json'), 'utf8'));
  const pid: number | undefined = record.process?.pid;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (pid !== undefined && command.includes('--run-id=')) process.kill(pid, 'SIGKILL');
}

jobsContract('local', async (t) => (await open(t, WAITS)).jobs);

const start = (jobs: Jobs): Promise<string> =>
  jobs.start({
    job: jobs.daily,
    arguments: { '--date': '2026-11-21', '--run-id': RUN_ID, '--engine': 'spark', '--force': 'true' },
    marker: '--run-id',
  });

/** The run once it has ended. */
async function ended(jobs: Jobs, id: string): Promise<JobRun> {
  const run = await until(
    async () => {
      const found = await jobs.run(jobs.daily, id);
      return found === undefined || LIVE_RUN_STATES.includes(found.state) ? undefined : found;
    },
    { timeoutMs: 20_000, everyMs: 20 },
  );
  assert.ok(run !== undefined, 'the run has ended');
  return run;
}

test('a run that says its day is verified has succeeded, and its events are lines of the log as the Glue job writes them', async (t) => {
  const { jobs } = await open(
    t,
    `console.log(JSON.stringify({ at: '2026-11-22T17:00:00.000Z', event: 'plan', words: process.argv.slice(1) }));
     console.error('a line for people');
     console.log(JSON.stringify({ event: 'summary', days: [{ date: '2026-11-21', state: 'verified' }] }))`,
  );
  const id = await start(jobs);
  const run = await ended(jobs, id);
  assert.deepEqual([run.state, run.error], ['succeeded', null]);
  assert.ok(Date.parse(run.endedAt ?? '') >= Date.parse(run.startedAt ?? ''));
  const { lines, next } = await jobs.logs({ job: jobs.daily, id, next: null });
  assert.deepEqual(
    lines.map(({ text }) => text.slice(0, 20)),
    ['DP-EVENT {"at":"2026', 'a line for people', 'DP-EVENT {"event":"s'],
  );
  assert.equal(lines[0]?.atMs, Date.parse('2026-11-22T17:00:00.000Z'));
  const words = JSON.parse(lines[0]?.text.slice(9) ?? '').words;
  assert.deepEqual(words.slice(0, 2), ['etl', 'run']);
  const passed = ['--date=2026-11-21', `--run-id=${RUN_ID}`, '--engine=spark', '--force', '--env=local'];
  for (const word of [...passed, '--typed=dp etl run --date 2026-11-21 --detach'])
    assert.ok(words.includes(word), word);
  assert.deepEqual((await jobs.logs({ job: jobs.daily, id, next })).lines, []);
});

test('a run whose last words are an error has failed with them', async (t) => {
  const { jobs } = await open(t, `console.log(JSON.stringify({ error: { message: 'no place' } }))`);
  const run = await ended(jobs, await start(jobs));
  assert.deepEqual([run.state, run.error], ['failed', 'no place']);
  const failedDay = { date: '2026-11-21', state: 'failed', error: { message: 'rows differ' } };
  const { jobs: other } = await open(
    t,
    `console.log('${JSON.stringify({ event: 'summary', days: [failedDay] })}')`,
  );
  const second = await ended(other, await start(other));
  assert.deepEqual([second.state, second.error], ['failed', 'rows differ']);
});

test('a run that is killed has failed, and its number given to another process does not make it live', async (t) => {
  const { jobs, folder } = await open(t, WAITS);
  const id = await start(jobs);
  await killStandIn(id, folder);
  const run = await ended(jobs, id);
  assert.equal(run.state, 'failed');
  assert.match(run.error ?? '', /killed/);
  assert.deepEqual(await jobs.stop(jobs.daily, [id, 'jr_none', '../..']), [id, 'jr_none', '../..']);
  // This very process lives, but it is not the one that the record names.
  const reused = 'jr_20261123T000000009Z-00000f';
  await mkdir(join(folder, reused));
  const process_ = { pid: process.pid, identity: 'of another boot' };
  const record = { id: reused, job: jobs.daily, arguments: {}, startedAt: '2026-11-23T00:00:00.000Z' };
  await writeFile(
    join(folder, reused, 'run.json'),
    JSON.stringify({ ...record, starter: process_, process: process_ }),
  );
  assert.equal((await jobs.run(jobs.daily, reused))?.state, 'failed');
});

test('a start that was cut off before there was a process has failed and takes no place', async (t) => {
  const { jobs, folder } = await open(t, WAITS);
  const id = 'jr_20261123T000000009Z-00000f';
  await mkdir(join(folder, id), { recursive: true });
  const starter = { pid: process.pid, identity: 'of another boot' };
  const record = { id, job: jobs.daily, arguments: {}, startedAt: '2026-11-23T00:00:00.000Z', starter };
  await writeFile(join(folder, id, 'run.json'), JSON.stringify(record));
  assert.equal((await jobs.run(jobs.daily, id))?.state, 'failed');
  assert.deepEqual([await start(jobs), await start(jobs)].includes('full'), false);
  assert.equal(await start(jobs), 'full');
});

test('a run that is asked to stop is stopping until its process has ended, and then has stopped', async (t) => {
  const { jobs } = await open(
    t,
    `process.on('SIGTERM', () => setTimeout(() => { console.log(JSON.stringify({ error: { message: 'Stopped by SIGTERM.' } })); process.exit(143) }, 200));
     console.log('ready'); ${WAITS}`,
  );
  const id = await start(jobs);
  const ready = async () => (await jobs.logs({ job: jobs.daily, id, next: null })).lines[0]?.text;
  assert.equal(await until(ready, { timeoutMs: 20_000, everyMs: 20 }), 'ready');
  assert.deepEqual(await jobs.stop(jobs.daily, [id]), []);
  assert.equal((await jobs.run(jobs.daily, id))?.state, 'stopping');
  const run = await ended(jobs, id);
  assert.deepEqual([run.state, run.error], ['stopped', 'Stopped by SIGTERM.']);
});

test('a scheduled time stands for the day that had just ended in Japan; neither is refused', async (t) => {
  const said = `console.log(JSON.stringify({ event: 'plan', words: process.argv }))`;
  const { jobs } = await open(t, said);
  const request = { job: jobs.daily, marker: '--run-id' };
  const id = await jobs.start({ ...request, arguments: { '--scheduled-time': '2026-11-22T17:00:00Z' } });
  await ended(jobs, id);
  const { lines } = await jobs.logs({ job: jobs.daily, id, next: null });
  assert.match(lines[0]?.text ?? '', /--date=2026-11-22/);
  await assert.rejects(jobs.start({ ...request, arguments: {} }), { code: 'bad-argument', kind: 'usage' });
});

test('a log longer than a page comes in pages, each line once, and an unfinished line waits for its end', async (t) => {
  const { jobs, folder } = await open(t, '0');
  const id = await start(jobs);
  await ended(jobs, id);
  const expected = Array.from({ length: 9_000 }, (_, index) => `${index} ${'日本'.repeat(index % 40)}`);
  const path = openRunRecords({ folder }).logPath(id);
  await writeFile(path, `${expected.join('\n')}\nunfinish`);
  const lines: string[] = [];
  let next: string | null = null;
  for (;;) {
    const page: Awaited<ReturnType<Jobs['logs']>> = await jobs.logs({ job: jobs.daily, id, next });
    if (page.lines.length === 0) break;
    lines.push(...page.lines.map(({ text }) => text));
    next = page.next;
  }
  assert.deepEqual(lines, expected);
  await writeFile(path, 'ed\n', { flag: 'a' });
  assert.equal((await jobs.logs({ job: jobs.daily, id, next })).lines[0]?.text, 'unfinished');
});

test('two hundred runs are kept, and one that lives is never taken away', async (t) => {
  const { jobs, folder } = await open(t, WAITS);
  const oldest = await start(jobs);
  const later = new Date();
  for (let index = 0; index < 205; index++) {
    const id = `jr_20990101T000000${String(index).padStart(3, '0')}Z-00000f`;
    await mkdir(join(folder, id));
    const record = { id, job: jobs.daily, arguments: {}, startedAt: '2099-01-01T00:00:00.000Z' };
    await writeFile(
      join(folder, id, 'run.json'),
      JSON.stringify({ ...record, starter: { pid: 0, identity: '' } }),
    );
    await utimes(join(folder, id), later, later);
  }
  await start(jobs);
  const kept = await jobs.history(jobs.daily, 1_000);
  assert.ok(kept.some(({ id }) => id === oldest));
  assert.ok(kept.length <= 203, String(kept.length));
});
