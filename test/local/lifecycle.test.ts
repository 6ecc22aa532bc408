import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { openLocalDatabase } from '../../src/local/database.ts';
import { openLocalLifecycle } from '../../src/local/lifecycle.ts';
import { findRunningServer, stopServer } from '../../src/local/mysql-server.ts';
import { localPaths } from '../../src/local/paths.ts';
import { processIdentity } from '../../src/local/processes.ts';
import { openShopSteps } from '../../src/local/shop-steps.ts';
import type { LifecycleEvent } from '../../src/platform/lifecycle.ts';
import { serverEnvironmentVariables } from '../support/shop-server.ts';

const run = promisify(execFile);
const DEPLOYER = join(import.meta.dirname, '../support/deploy-local.ts');
const ORDERS = 300;
const REQUEST = { orders: ORDERS, days: 5, seed: 1 };
const NOON_IN_JAPAN = Date.parse('2026-11-24T12:00:00+09:00');

async function newProject(t: TestContext) {
  const projectRoot = await mkdtemp(join(tmpdir(), 'dp-life-'));
  const paths = localPaths(projectRoot);
  t.after(async () => {
    await stopServer(paths);
    await rm(projectRoot, { recursive: true, force: true });
  });
  const environmentVariables = await serverEnvironmentVariables();
  const input = { paths, environmentVariables, bufferPoolMegabytes: 64 };
  const shop = openShopSteps({ clock: { now: () => NOON_IN_JAPAN } });
  const lifecycle = openLocalLifecycle(input, { shop });
  const events: LifecycleEvent[] = [];
  const notify = (event: LifecycleEvent) => events.push(event);
  const ends = () => events.filter(({ state }) => state === 'done' || state === 'unchanged');
  return { projectRoot, ...input, lifecycle, events, notify, ends, database: openLocalDatabase(input) };
}

async function countOrders(
  database: ReturnType<typeof openLocalDatabase>,
): Promise<string | null | undefined> {
  await using reader = await database.connect('etl_reader');
  return (await reader.query('SELECT COUNT(*) FROM orders')).rows[0]?.[0];
}

test('a deploy from nothing makes everything, and a second one changes nothing', async (t) => {
  const { lifecycle, notify, events, ends, database, paths } = await newProject(t);
  assert.equal(await lifecycle.isDeployed(), false);
  const first = await lifecycle.deploy(REQUEST, notify);
  assert.equal(first.changed, true);
  assert.deepEqual(
    ends().map(({ step, state }) => `${step} ${state}`),
    ['server done', 'users done', 'migrations done', 'shop done', 'lake done'],
  );
  assert.equal(await lifecycle.isDeployed(), true);
  assert.equal(await countOrders(database), String(ORDERS));
  assert.equal(first.outputs.databasePort, String((await findRunningServer(paths))?.port));
  {
    await using reader = await database.connect('etl_reader');
    const newest = await reader.query(
      "SELECT DATE(MAX(created_at) + INTERVAL 9 HOUR) <= '2026-11-23' FROM orders",
    );
    assert.deepEqual(newest.rows, [['1']], 'the shop ends with yesterday in Japan');
  }

  events.length = 0;
  const second = await lifecycle.deploy({ ...REQUEST, seed: 2, orders: 5 }, notify);
  assert.equal(second.changed, false);
  assert.deepEqual(second.outputs, first.outputs);
  assert.ok(ends().every(({ state }) => state === 'unchanged'));
  assert.equal(ends().length, 5);
  assert.equal(await countOrders(database), String(ORDERS), 'a shop with orders is not seeded again');
});

test('a deploy mends what was changed by hand', async (t) => {
  const { lifecycle, notify, events, ends, database, paths } = await newProject(t);
  await lifecycle.deploy({ ...REQUEST, orders: 0 }, notify);
  assert.equal(await countOrders(database), '0');
  {
    await using admin = await database.connect('admin');
    await admin.query("GRANT DELETE ON stg_core.* TO 'etl_reader'@'%'");
    await admin.query("ALTER USER 'shop_api'@'%' IDENTIFIED BY 'changed'");
  }
  await rm(paths.lake, { recursive: true });
  await stopServer(paths);
  events.length = 0;
  const { changed } = await lifecycle.deploy({ ...REQUEST, orders: 0 }, notify);
  assert.equal(changed, true);
  assert.deepEqual(
    ends().map(({ step, state }) => `${step} ${state}`),
    ['server done', 'users done', 'migrations unchanged', 'shop unchanged', 'lake done'],
  );
  await using api = await database.connect('shop_api');
  await api.query('SELECT 1');
  await using reader = await database.connect('etl_reader');
  await assert.rejects(reader.query('DELETE FROM orders'), { name: 'Failure' });
});

test('a lost login of the admin is told, with what can be done', async (t) => {
  const { lifecycle, notify, paths } = await newProject(t);
  await lifecycle.deploy({ ...REQUEST, orders: 0 }, notify);
  await rm(paths.secrets, { recursive: true });
  await assert.rejects(lifecycle.deploy(REQUEST, notify), { code: 'secret-lost', kind: 'not-ready' });
});

test('a second deploy costs less than a second of processor time', async (t) => {
  const { projectRoot, lifecycle, notify, environmentVariables } = await newProject(t);
  await lifecycle.deploy(REQUEST, notify);
  const { stdout } = await run(process.execPath, [DEPLOYER, projectRoot, String(ORDERS)], {
    env: environmentVariables,
  });
  const { changed, cpuMs } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  assert.equal(changed, false);
  assert.ok(cpuMs < 1000, `${cpuMs} ms`);
});

for (const step of ['server', 'users', 'migrations', 'shop', 'lake']) {
  test(`a deploy killed in its step "${step}" is completed by the next`, async (t) => {
    const { projectRoot, lifecycle, notify, environmentVariables, database } = await newProject(t);
    const child = spawn(process.execPath, [DEPLOYER, projectRoot, String(ORDERS)], {
      env: environmentVariables,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    for await (const line of createInterface({ input: child.stdout })) {
      const event = JSON.parse(line);
      if (event.step === step && event.state === 'started') child.kill('SIGKILL');
    }
    const [, signal] = await ended;
    assert.equal(signal, 'SIGKILL');
    assert.equal(await lifecycle.isDeployed(), false);
    await lifecycle.deploy(REQUEST, notify);
    assert.equal(await lifecycle.isDeployed(), true);
    assert.equal(await countOrders(database), String(ORDERS));
  });
}

test('a deploy stopped while it seeds is not deployed, and the next one seeds from the start', async (t) => {
  const { lifecycle, notify, database } = await newProject(t);
  const stop = new AbortController();
  const deploy = lifecycle.deploy({ ...REQUEST, orders: 20_000, signal: stop.signal }, (event) => {
    if (event.step === 'shop' && event.state === 'note') stop.abort(new Error('Ctrl-C'));
  });
  await assert.rejects(deploy, /Ctrl-C/);
  assert.equal(await lifecycle.isDeployed(), false);
  await lifecycle.deploy(REQUEST, notify);
  assert.equal(await countOrders(database), String(ORDERS));
});

test('of two deploys at once one does the work and both end well', async (t) => {
  const { projectRoot, environmentVariables, database } = await newProject(t);
  const one = () =>
    run(process.execPath, [DEPLOYER, projectRoot, String(ORDERS)], { env: environmentVariables });
  const outputs = await Promise.all([one(), one()]);
  const changed = outputs.map(({ stdout }) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '').changed);
  assert.deepEqual(changed.sort(), [false, true]);
  assert.equal(await countOrders(database), String(ORDERS));
});

test('destroy stops the server and deletes its own folder, not its neighbours', async (t) => {
  const { lifecycle, notify, paths, projectRoot, database } = await newProject(t);
  const neighbour = await newProject(t);
  await neighbour.lifecycle.deploy({ ...REQUEST, orders: 0 }, neighbour.notify);
  await lifecycle.deploy({ ...REQUEST, orders: 0 }, notify);
  await writeFile(join(projectRoot, 'mine.txt'), 'mine');
  await mkdir(paths.cache, { recursive: true });
  await writeFile(join(paths.cache, 'kept'), 'kept');
  const server = await findRunningServer(paths);
  await lifecycle.destroy(notify);
  assert.equal(await processIdentity(server?.pid ?? 0), undefined);
  assert.deepEqual((await readdir(projectRoot)).sort(), ['.dp', 'mine.txt']);
  assert.deepEqual(await readdir(join(projectRoot, '.dp')), ['cache']);
  assert.equal(await readFile(join(paths.cache, 'kept'), 'utf8'), 'kept');
  assert.equal(await lifecycle.isDeployed(), false);
  assert.equal((await database.describe()).state, 'absent');
  assert.equal((await neighbour.database.describe()).state, 'running');

  await lifecycle.destroy(notify);
  await lifecycle.deploy({ ...REQUEST, orders: 0 }, notify);
  assert.equal(await lifecycle.isDeployed(), true);
});

test('destroy works on an environment whose server is stopped or was never finished', async (t) => {
  const { lifecycle, notify, paths } = await newProject(t);
  await mkdir(paths.server.root, { recursive: true });
  await writeFile(join(paths.server.root, 'half'), '');
  await lifecycle.destroy(notify);
  await assert.rejects(readdir(paths.root), { code: 'ENOENT' });
});
