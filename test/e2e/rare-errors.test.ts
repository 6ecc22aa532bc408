// Errors that few operators ever meet, each made to happen on purpose in a real environment: what it says, with what code,
// and what it tells to try.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { addDays, dayAt } from '../../src/etl/business-day.ts';
import { runIdOf } from '../../src/etl/run-id.ts';
import { openLocalCatalog } from '../../src/local/catalog.ts';
import { openLocalDatabase } from '../../src/local/database.ts';
import { localPaths } from '../../src/local/paths.ts';
import { processIdentity } from '../../src/local/processes.ts';
import { type DpEnd, runDp } from '../support/run-dp.ts';

const root = mkdtempSync(join(tmpdir(), 'dp-rare-'));
const paths = localPaths(root);
const yesterday = addDays(dayAt(Date.now()), -1);
const dp = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<DpEnd> =>
  runDp(args, { cwd: root, env });

/** Asserts that the command ends with this error, which has a next step. */
async function fails(
  args: readonly string[],
  wanted: { readonly code: string; readonly exit: number; readonly env?: NodeJS.ProcessEnv },
): Promise<string> {
  const { code, stdout, stderr } = await dp([...args, '--json'], wanted.env);
  const { error } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
  assert.equal(error?.code, wanted.code, `${stdout}${stderr}`);
  assert.equal(code, wanted.exit);
  assert.ok(error.nextSteps.length > 0 && error.message.endsWith('.'), JSON.stringify(error));
  return error.message;
}

before(async () => {
  writeFileSync(join(root, 'dp.config.json'), '{}');
  const deployed = await dp(['deploy', '--orders', '300', '--days', '2', '--json']);
  assert.equal(deployed.code, 0, deployed.stdout);
});

after(async () => {
  await dp(['destroy', '--confirm', 'local']);
  rmSync(root, { recursive: true, force: true });
});

test('queries: no statement, a name that is none, a query that nobody saved, values that do not fit', async () => {
  await fails(['query', ' -- nothing '], { code: 'usage', exit: 64 });
  await fails(['query', 'save', '../up', 'SELECT 1'], { code: 'saved-name-refused', exit: 64 });
  await fails(['query', '--saved', 'nobody'], { code: 'saved-query-missing', exit: 64 });
  await fails(['query', 'SELECT ?', '-p', '1', '-p', '2'], { code: 'parameters-refused', exit: 64 });
});

test('jobs: an argument without a value, and a job that runs as often as it may', async () => {
  const { stdout } = await dp(['job', 'list', '--json']);
  const { name } = JSON.parse(stdout).jobs[0];
  await fails(['job', 'run', name, '--argument', 'nonsense', '--yes'], { code: 'bad-argument', exit: 64 });
  const database = openLocalDatabase({ paths, environmentVariables: process.env });
  await using admin = await database.connect('admin');
  // The run waits for the table as long as it is held.
  await admin.query('LOCK TABLES orders WRITE');
  const days = [1, 2, 3, 4].map((ago) => addDays(yesterday, 1 - ago));
  const ends: DpEnd[] = [];
  for (const day of days)
    ends.push(await dp(['job', 'run', name, '--argument', `date=${day}`, '--yes', '--json']));
  const full = ends.find(({ code }) => code !== 0);
  await admin.query('UNLOCK TABLES');
  assert.equal(full?.code, 75, ends.map(({ stdout: said }) => said).join(''));
  assert.equal(JSON.parse(full?.stdout ?? '').error.code, 'job-full');
  for (const { stdout: said } of ends) {
    const { run } = JSON.parse(said);
    if (run !== undefined) await dp(['job', 'stop', name, run]);
  }
});

test('a run id is used once', async () => {
  const id = runIdOf(Date.now(), 'abcdef');
  const run = () => dp(['etl', 'run', '--date', yesterday, '--run-id', id, '--json']);
  assert.equal((await run()).code, 0);
  const again = await run();
  assert.notEqual(again.code, 0);
  assert.match(again.stdout, /"code":"run-id-used"/);
});

test('a query whose size cannot be known is not run with a limit', async () => {
  const catalog = openLocalCatalog({ folder: paths.catalog });
  const place = { database: 'local_data_pipeline_sample_lake', table: 'orders' };
  const partition = await catalog.findPartition(place, [yesterday]);
  assert.ok(partition);
  await catalog.switchPartition(place, { ...partition, location: 's3://elsewhere/', parameters: {} });
  const sql = `SELECT count(*) FROM orders WHERE dt = DATE '${yesterday}'`;
  const words = await fails(['query', sql, '--max-cost', '1'], { code: 'size-unknown', exit: 1 });
  assert.match(words, /orders/);
  await catalog.switchPartition(place, partition);
});

test('Spark: not set up, not to be set up, ended without a result, and failed in its own words', async () => {
  const load = ['etl', 'run', '--date', yesterday, '--engine', 'spark'];
  const venv = join(root, 'venv');
  // A STAND-IN for an environment of Python: its spark-submit says what the job says, or nothing.
  const env = { DP_SPARK_VENV: venv, DP_CONNECTOR_JAR: join(venv, 'driver.jar') };
  await fails(load, { code: 'confirmation-needed', exit: 4, env });
  const without = { ...env, PATH: join(root, 'no-programs') };
  const words = await fails([...load, '--yes'], { code: 'spark-set-up-failed', exit: 1, env: without });
  assert.match(words, /looking for Java 17 failed/);
  mkdirSync(join(venv, 'bin'), { recursive: true });
  writeFileSync(env.DP_CONNECTOR_JAR, '');
  const submit = (script: string): void =>
    writeFileSync(join(venv, 'bin', 'spark-submit'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  submit('exit 3');
  const ended = await dp([...load, '--json'], env);
  assert.notEqual(ended.code, 0);
  assert.match(ended.stdout, /"code":"spark-ended","message":"[^"]*exit code 3/);
  submit(`echo 'DP-EVENT {"event":"failed","code":"source-drifted","message":"A column is gone."}'; exit 1`);
  const failed = await dp([...load, '--json'], env);
  assert.match(failed.stdout, /"code":"source-drifted","message":"A column is gone\."/);
});

test('a secret cannot be copied where no program writes the clipboard', async () => {
  const env = { PATH: join(root, 'no-programs') };
  const words = await fails(['secrets', 'show', 'etl_reader', '--copy'], {
    code: 'no-clipboard',
    exit: 1,
    env,
  });
  assert.match(words, /xclip/);
});

test('a database that takes none of the admin’s passwords', async () => {
  const database = openLocalDatabase({ paths, environmentVariables: process.env });
  const { password } = await database.access('admin');
  await using admin = await database.connect('admin');
  await admin.query('SET PASSWORD = PASSWORD(?)', ['by hand']);
  await fails(['secrets', 'rotate', 'etl_reader'], { code: 'admin-locked-out', exit: 77 });
  await admin.query('SET PASSWORD = PASSWORD(?)', [password]);
});

test('the shop is filled by one at a time', async () => {
  const database = openLocalDatabase({ paths, environmentVariables: process.env });
  await using admin = await database.connect('admin');
  await admin.query("SELECT GET_LOCK('dp.shop.seed', 0)");
  const seed = ['db', 'seed', '--orders', '10', '--replace', '--confirm', 'local'];
  await fails(seed, { code: 'database-busy', exit: 75 });
});

test('an API that cuts its answers off is said so, and nothing is sent twice', async (t) => {
  const state = readFileSync(paths.api.state, 'utf8');
  t.after(() => writeFileSync(paths.api.state, state));
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      asked.push(bytes.toString('latin1').split('\r\n')[0] ?? '');
      socket.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  // A process of our own stands for the one that serves.
  const serving = spawn('sleep', ['600'], { stdio: 'ignore' });
  t.after(() => serving.kill());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { pid = 0 } = serving;
  const identity = await processIdentity(pid);
  writeFileSync(paths.api.state, JSON.stringify({ ...JSON.parse(state), pid, identity, url }));
  await fails(['api', 'call', 'GET', '/customers/1'], { code: 'shop-api-cut-off', exit: 75 });
  assert.equal(asked.filter((line) => line.startsWith('GET /customers/1 ')).length, 1, asked.join());
});

test('an API that cannot start says where it wrote why', async () => {
  process.kill(JSON.parse(readFileSync(paths.api.state, 'utf8')).pid, 'SIGKILL');
  rmSync(paths.api.port);
  mkdirSync(paths.api.port);
  const words = await fails(['deploy'], { code: 'shop-api-not-started', exit: 1 });
  assert.match(words, /EISDIR/);
  rmSync(paths.api.port, { recursive: true });
  assert.equal((await dp(['deploy'])).code, 0);
});
