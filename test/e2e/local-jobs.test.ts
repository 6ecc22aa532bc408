// The daily job of the local environment as an operator has it: runs apart from the terminal, followed, stopped, killed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { localPaths } from '../../src/local/paths.ts';
import { processIdentity } from '../../src/local/processes.ts';
import { until } from '../../src/std/deadline.ts';
import { type DpEnd, runDp, startDp } from '../support/run-dp.ts';

const root = mkdtempSync(join(tmpdir(), 'dp-jobs-'));
const paths = localPaths(root);
const dp = (...args: string[]): Promise<DpEnd> => runDp(args, { cwd: root });
const day = (ago: number): string =>
  new Date(Date.now() + 9 * 3_600_000 - ago * 86_400_000).toISOString().slice(0, 10);

async function json(...args: string[]) {
  const { code, stdout, stderr } = await dp(...args, '--json');
  const last = stdout.trim().split('\n').at(-1) ?? '';
  assert.notEqual(last, '', `${args.join(' ')}: ${stderr}`);
  return { code, ...JSON.parse(last) };
}

interface Run {
  readonly id: string;
  readonly state: string;
  readonly error: string | null;
  readonly endedAt: string | null;
}

const runs = async (): Promise<Run[]> => (await json('job', 'history')).runs;

before(async () => {
  writeFileSync(join(root, 'dp.config.json'), '{}');
  const deployed = await dp('deploy', '--orders', '4000', '--days', '4', '--json');
  assert.equal(deployed.code, 0, deployed.stdout);
});

after(async () => {
  await dp('destroy', '--confirm', 'local');
  rmSync(root, { recursive: true, force: true });
});

test('a day that was started apart is followed to its end by whoever attaches, and its lines are kept', async () => {
  // Two operators in the same moment: one starts a run.
  const start = () => dp('etl', 'run', '--date', day(1), '--detach');
  const ends = await Promise.all([start(), start()]);
  const ids = ends.flatMap(({ stdout }) => /started as (jr_\S+)/.exec(stdout)?.[1] ?? []);
  assert.equal(ids.length, 1, ends.map(({ stderr }) => stderr).join(''));
  const [id] = ids;
  const attached = await dp('etl', 'attach', '--date', day(1));
  assert.deepEqual([attached.code, attached.stdout.trim()], [0, `${day(1)}  verified`], attached.stderr);
  const [run] = await runs();
  assert.deepEqual([run?.id, run?.state], [id, 'succeeded']);
  const logs = await dp('etl', 'logs', '--date', day(1), '--follow');
  assert.match(logs.stdout, new RegExp(`${day(1)}  verified, [0-9,]+ rows in 5 tables`));
  const { days } = await json('etl', 'status', '--from', day(1), '--to', day(1));
  assert.equal(days[0].state, 'verified');
  const { entries } = await json('history');
  const [{ command, state }] = entries;
  assert.deepEqual([command, state], [`dp etl run --date ${day(1)} --detach`, 'done']);
});

test('a job that is run by hand takes the day from a scheduled time, and tells why it failed', async () => {
  const scheduled = `scheduled-time=${day(1)}T17:00:00+09:00`;
  const { code, run } = await json('job', 'run', '--argument', scheduled);
  assert.equal(code, 0);
  const followed = await dp('job', 'logs', run, '--follow');
  assert.match(followed.stdout, new RegExp(`${day(2)}  verified`));
  const future = await json('job', 'run', '--argument', 'date=2999-01-01');
  await dp('job', 'logs', future.run, '--follow');
  const failed = (await runs()).find(({ id }) => id === future.run);
  assert.equal(failed?.state, 'failed');
  assert.match(failed?.error ?? '', /2999-01-01/);
  const none = await dp('job', 'run', '--argument', 'readers=2');
  assert.equal(none.code, 64, none.stderr);
  const { entries } = await json('history');
  const ours = entries.filter(({ command }: { command: string }) => command.startsWith('dp job run'));
  assert.deepEqual(
    ours.map(({ command }: { command: string }) => command),
    [`dp job run --argument ${scheduled} --json`],
  );
});

test('a run that holds its day makes it running; stopped it marks the day failed; killed it is told apart', async () => {
  // A lock on the source keeps the run where it is.
  await holdingOrders(async () => {
    const { started } = await json('job', 'run', '--argument', `date=${day(3)}`).then(async ({ run }) => {
      const running = await until(
        async () => ((await json('etl', 'status', '--from', day(3))).days[0].runId ? true : undefined),
        { timeoutMs: 30_000, everyMs: 50 },
      );
      assert.equal(running, true);
      return { started: run as string };
    });
    const status = await json('etl', 'status', '--from', day(3), '--to', day(3));
    assert.equal(status.days[0].state, 'running');
    const again = await json('etl', 'run', '--date', day(3), '--detach');
    assert.deepEqual(again.days, [], 'a day that a run works on is not started again');
    assert.equal((await dp('job', 'stop', started)).code, 0);
    await dp('job', 'logs', started, '--follow');
    const stopped = (await runs()).find(({ id }) => id === started);
    assert.equal(stopped?.state, 'stopped', JSON.stringify(stopped));
    const after = await json('etl', 'status', '--from', day(3), '--to', day(3));
    assert.equal(after.days[0].state, 'failed');

    const { run: second } = await json('job', 'run', '--argument', `date=${day(3)}`);
    const record = JSON.parse(readFileSync(join(paths.jobs, second, 'run.json'), 'utf8'));
    process.kill(record.process.pid, 'SIGKILL');
    await dp('job', 'logs', second, '--follow');
    const killed = (await runs()).find(({ id }) => id === second);
    assert.equal(killed?.state, 'failed');
    assert.match(killed?.error ?? '', /killed/);
    assert.equal((await dp('job', 'stop', second)).code, 64);
  });
  const made = await json('etl', 'run', '--date', day(3));
  assert.equal(made.days[0].state, 'verified');
});

/** While `work` goes on nobody can read the orders. */
async function holdingOrders(work: () => Promise<void>): Promise<void> {
  const { openLocalDatabase } = await import('../../src/local/database.ts');
  await using admin = await openLocalDatabase({ paths, environmentVariables: process.env }).connect('admin');
  await admin.query('LOCK TABLES orders WRITE');
  await work();
  await admin.query('UNLOCK TABLES');
}

test('the schedule of this machine is kept while a process keeps it, and Ctrl-C ends that', async () => {
  const shown = await dp('etl', 'schedule', 'show');
  assert.match(shown.stdout, /nothing starts by itself here unless/);
  const keeper = startDp(['etl', 'schedule', 'run'], { cwd: root });
  const said = await new Promise<string>((resolve) =>
    keeper.stderr?.once('data', (text) => resolve(`${text}`)),
  );
  assert.match(said, /Waiting until .*T17:00:00/);
  assert.equal((await json('etl', 'schedule', 'show')).kept, true);
  const { next } = await json('etl', 'status');
  assert.equal(next.at.slice(11), '17:00:00.000Z');
  assert.equal((await dp('etl', 'schedule', 'run')).code, 1);
  const ended = once(keeper, 'close');
  keeper.kill('SIGINT');
  assert.equal((await ended)[0], 130);
  assert.equal((await json('etl', 'schedule', 'set', '--time', '03:30')).expression, 'cron(30 3 * * ? *)');
  assert.equal((await json('etl', 'schedule', 'pause')).next, null);
  assert.equal((await json('etl', 'schedule', 'resume')).kept, false);
  assert.equal((await dp('etl', 'schedule', 'set', '--time', '25:00')).code, 64);
});

test('crawlers find what the contracts read, and SQL of the lake reads none of what they wrote down', async () => {
  const crawler = 'local-data-pipeline-sample-aurora';
  assert.equal((await dp('crawler', 'run', crawler)).code, 0);
  const { code, drift, tables } = await json('crawler', 'show', crawler);
  assert.deepEqual([code, drift.broken], [0, []]);
  assert.ok(tables.some(({ name }: { name: string }) => name === 'stg_core_orders'));
  assert.equal((await json('crawler', 'history', crawler)).crawls[0].state, 'succeeded');
  const refused = await dp('query', 'SELECT * FROM local_data_pipeline_sample_source.stg_core_orders');
  assert.match(refused.stderr, /a crawler has written down/);
  assert.equal((await dp('crawler', 'show', 'none')).code, 64);
});

test('destroying the environment ends what still runs in it', async () => {
  let pid = 0;
  await holdingOrders(async () => {
    const { run } = await json('job', 'run', '--argument', `date=${day(1)}`);
    pid = JSON.parse(readFileSync(join(paths.jobs, run, 'run.json'), 'utf8')).process.pid;
    const destroyed = await dp('destroy', '--confirm', 'local');
    assert.equal(destroyed.code, 0, destroyed.stderr);
  }).catch((error) => {
    // The session that held the table is gone with its server.
    if (error.code === 'ERR_ASSERTION') throw error;
  });
  assert.notEqual(pid, 0);
  assert.equal(await processIdentity(pid), undefined);
});
