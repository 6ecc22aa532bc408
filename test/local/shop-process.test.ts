import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openLocalDatabase } from '../../src/local/database.ts';
import { openLocalLifecycle } from '../../src/local/lifecycle.ts';
import { localPaths } from '../../src/local/paths.ts';
import { processIdentity } from '../../src/local/processes.ts';
import { openLocalShopApi } from '../../src/local/shop-api.ts';
import { isHealthy } from '../../src/local/shop-health.ts';
import { openShopProcess } from '../../src/local/shop-process.ts';
import { openShopSteps } from '../../src/local/shop-steps.ts';
import type { LifecycleEvent } from '../../src/platform/lifecycle.ts';
import { systemClock } from '../../src/std/clock.ts';
import { until } from '../../src/std/deadline.ts';
import { serverEnvironmentVariables } from '../support/shop-server.ts';

const REQUEST = { orders: 50, days: 3, seed: 1 };
const WAIT = { timeoutMs: 30_000, everyMs: 20 };

async function deployed(t: TestContext) {
  const projectRoot = await mkdtemp(join(tmpdir(), 'dp-api-'));
  const paths = localPaths(projectRoot);
  const environmentVariables = await serverEnvironmentVariables();
  const input = { paths, environmentVariables, bufferPoolMegabytes: 64 };
  const shopProcess = openShopProcess(input);
  const lifecycle = openLocalLifecycle(input, { shop: openShopSteps({ clock: systemClock }), shopProcess });
  t.after(async () => {
    await lifecycle.destroy(() => undefined);
    await rm(projectRoot, { recursive: true, force: true });
  });
  const events: LifecycleEvent[] = [];
  const deploy = () => lifecycle.deploy(REQUEST, (event) => events.push(event));
  const { outputs } = await deploy();
  const pid = async (): Promise<number> => (await shopProcess.find())?.pid ?? 0;
  const url = outputs.shopApiUrl ?? '';
  return { ...input, shopProcess, lifecycle, events, deploy, pid, url };
}

async function ended(pid: number): Promise<boolean> {
  return (await until(async () => (await processIdentity(pid)) === undefined || undefined, WAIT)) === true;
}

test('a deploy leaves the Shop API serving; another one finds it, two at once too; a destroy stops it', async (t) => {
  const { deploy, lifecycle, pid, url, events } = await deployed(t);
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  const answer = await fetch(new URL('/products?limit=1', url));
  assert.equal(answer.status, 200);
  const first = await pid();
  events.length = 0;
  const again = await Promise.all([deploy(), deploy()]);
  assert.deepEqual(
    again.map(({ changed, outputs }) => [changed, outputs.shopApiUrl]),
    [
      [false, url],
      [false, url],
    ],
  );
  assert.equal(await pid(), first);
  assert.ok(events.some(({ step, state }) => step === 'api' && state === 'unchanged'));
  await lifecycle.destroy(() => undefined);
  assert.ok(await ended(first));
  assert.equal(await isHealthy(url), false);
});

test('a Shop API that was killed starts again where it was, or elsewhere when its port is taken', async (t) => {
  const { deploy, pid, url } = await deployed(t);
  const first = await pid();
  process.kill(first, 'SIGKILL');
  assert.ok(await ended(first));
  const second = await deploy();
  assert.equal(second.changed, true);
  assert.equal(second.outputs.shopApiUrl, url);
  process.kill(await pid(), 'SIGKILL');
  const port = Number(new URL(url).port);
  const squatter = createServer();
  await until(
    () =>
      new Promise<true | undefined>((resolve) => {
        squatter.once('error', () => resolve(undefined));
        squatter.listen(port, '127.0.0.1', () => resolve(true));
      }),
    WAIT,
  );
  t.after(() => squatter.close());
  const third = await deploy();
  assert.notEqual(third.outputs.shopApiUrl, url);
  assert.equal(await isHealthy(third.outputs.shopApiUrl ?? ''), true);
});

test('a call goes to the process that serves; where it is gone, the call carries the request out itself', async (t) => {
  const { paths, environmentVariables, shopProcess, pid } = await deployed(t);
  const database = async () => openLocalDatabase({ paths, environmentVariables });
  await using api = openLocalShopApi({ database, served: shopProcess.find });
  assert.equal((await api.describe()).state, 'running');
  const request = {
    method: 'GET',
    path: '/products?limit=1',
    headers: { 'x-request-id': 'seen-by-process' },
  };
  const served = await api.call(request);
  assert.equal(served.status, 200);
  const logged = await until(
    async () => (await readFile(paths.apiLog, 'utf8')).includes('seen-by-process') || undefined,
    WAIT,
  );
  assert.ok(logged, 'the process logged it');
  const server = await pid();
  process.kill(server, 'SIGKILL');
  assert.ok(await ended(server));
  assert.equal((await api.describe()).state, 'stopped');
  assert.deepEqual((await api.call(request)).body, served.body);
});

test('a Shop API whose environment was deleted ends by itself', async (t) => {
  const { paths, pid } = await deployed(t);
  const first = await pid();
  await rm(paths.api.root, { recursive: true });
  assert.ok(await ended(first));
});

test('the process knows none of the operator’s secrets', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const { pid } = await deployed(t);
  const names = (await readFile(`/proc/${await pid()}/environ`, 'utf8'))
    .split('\0')
    .map((line) => line.split('=')[0]);
  const allowed = /^(|PATH|HOME|(DY)?LD_LIBRARY_PATH|DP_MYSQLD|DP_SHOP_PROCESS|NODE_COMPILE_CACHE)$/;
  assert.deepEqual(
    names.filter((name) => !allowed.test(name ?? '')),
    [],
  );
});
