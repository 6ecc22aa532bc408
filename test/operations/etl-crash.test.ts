import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Measure } from '../../src/etl/manifest.ts';
import { collectGarbage } from '../../src/operations/collect-garbage.ts';
import { readLedger } from '../../src/operations/read-ledger.ts';
import { type RunEtlDeps, runEtl } from '../../src/operations/run-etl.ts';
import { showDay } from '../../src/operations/show-day.ts';
import { createRandom } from '../../src/std/random.ts';
import { change, fillShop, LAKE_DATABASE, openEtlPlatform, runOf } from '../support/etl-platform.ts';
import { sharedShopServer } from '../support/shop-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DAY = '2026-11-21';
const CHILD = join(import.meta.dirname, '../support/etl-child.ts');
const server = sharedShopServer();
let filled: Promise<void> | undefined;

interface Scene {
  readonly deps: RunEtlDeps;
  readonly folder: string;
  /** What a reader sees of every table: the old day, and the new one once it is published. */
  readonly old: ReadonlyMap<string, Measure>;
}

/** A published day, then a change in the database: the next run publishes something else. */
async function publishedScene(t: test.TestContext): Promise<Scene> {
  const { database } = await server();
  filled ??= fillShop(database, { orders: 400, days: 2, lastDay: '2026-11-22' });
  await filled;
  const folder = await temporaryFolder(t);
  const deps = await openEtlPlatform({ database, folder });
  assert.equal((await runEtl(runOf(DAY), deps)).end, 'ok');
  const old = await visible(deps);
  await change(
    database,
    "UPDATE orders SET status = IF(status = 'cancelled', 'paid', 'cancelled'), note = CONCAT(LEFT(COALESCE(note, ''), 50), '!') WHERE created_at >= '2026-11-20 15:00:00' AND created_at < '2026-11-21 15:00:00'",
    "UPDATE order_items i JOIN orders o ON o.id = i.order_id SET i.updated_at = i.updated_at + INTERVAL 1 SECOND WHERE o.created_at >= '2026-11-20 15:00:00' AND o.created_at < '2026-11-21 15:00:00'",
    "UPDATE customers SET name = CONCAT(LEFT(name, 50), '様')",
    'UPDATE products SET stock = stock + 1',
  );
  return { deps, folder, old };
}

/** What a reader finds through the catalog just now, read from the files. */
async function visible(deps: RunEtlDeps): Promise<Map<string, Measure>> {
  const seen = new Map<string, Measure>();
  for (const table of deps.tables) {
    const name = { database: LAKE_DATABASE, table: table.contract.table };
    const partition = await deps.catalog.findPartition(name, [DAY]);
    assert.ok(partition !== undefined, `${name.table} is published`);
    seen.set(
      name.table,
      await deps.engine.measureLake(table, partition.location.slice(deps.lake.root.length)),
    );
  }
  return seen;
}

async function startRun(
  scene: Scene,
  killAt?: string,
  stopAt?: string,
): Promise<{ child: ChildProcess; ended: Promise<unknown[]> }> {
  const { projectRoot, environmentVariables } = await server();
  const child = spawn(process.execPath, [CHILD], {
    env: {
      ...environmentVariables,
      ETL_PROJECT: projectRoot,
      ETL_FOLDER: scene.folder,
      ETL_DAY: DAY,
      ETL_NOW: String(scene.deps.clock.now() + 1_000),
      ...(killAt === undefined ? {} : { ETL_KILL_AT: killAt }),
      ...(stopAt === undefined ? {} : { ETL_STOP_AT: stopAt }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await once(child.stdout ?? child, 'data');
  return { child, ended };
}

/** A reader saw the old day or the new one in every table; the next run converges; gc leaves nothing over. */
async function assertRecovers(scene: Scene, moment: string): Promise<void> {
  const later = scene.deps.clock.now() + 100_000;
  const deps = { ...(await openEtlPlatform({ ...(await server()), folder: scene.folder, nowMs: later })) };
  const seen = await visible(deps);
  const [record] = await readLedger([DAY], deps);
  assert.ok(record !== undefined && record.state !== 'running', `${moment}: a dead run is not running`);
  const run = await runEtl(runOf(DAY), deps);
  assert.equal(run.end, 'ok', moment);
  const fresh = await visible(deps);
  for (const [table, measure] of seen) {
    const options = [scene.old.get(table), fresh.get(table)].map((one) => JSON.stringify(one));
    assert.ok(
      options.includes(JSON.stringify(measure)),
      `${moment}: ${table} is neither the old day nor the new one`,
    );
  }
  await assertNothingLeft(deps, moment);
}

async function assertNothingLeft(deps: RunEtlDeps, moment: string): Promise<void> {
  await collectGarbage({ olderThanMs: 0, dryRun: false }, deps);
  const { published } = await showDay({ date: DAY }, deps);
  const kept = new Set([published?.runId, published?.previousRunId]);
  const keys = [...(await deps.lake.list('lake/')), ...(await deps.lake.list('landing/'))].map(
    ({ key }) => key,
  );
  const strays = keys.filter((key) => ![...kept].some((runId) => runId !== undefined && key.includes(runId)));
  assert.deepEqual(strays, [], `${moment}: files that nobody needs`);
  assert.equal(keys.length, 2 * deps.tables.length, `${moment}: the current day and the one before`);
}

const MOMENTS = [
  'locked',
  'started',
  'event extracted',
  'event written',
  'event measured',
  'event checked',
  'loaded',
  'publishing',
  'published order_items',
  'published orders',
  'published customers',
  'published products',
  'published daily_sales',
  'recorded',
];

for (const moment of MOMENTS) {
  test(`killed at “${moment}”, the day is the old one or the new one and the next run converges`, async (t) => {
    const scene = await publishedScene(t);
    const { ended } = await startRun(scene, moment);
    const [, signal] = await ended;
    assert.equal(signal, 'SIGKILL', 'the run was killed where it was told');
    await assertRecovers(scene, moment);
  });
}

test('killed at random moments, again and again, it always recovers', async (t) => {
  const seed = Date.now() % 1_000_000;
  const random = createRandom(seed, 'kill');
  for (let round = 0; round < 6; round++) {
    const scene = await publishedScene(t);
    const { child, ended } = await startRun(scene);
    const delayMs = random.below(400);
    await Promise.race([wait(delayMs, undefined, { ref: false }), ended]);
    child.kill('SIGKILL');
    await ended;
    await assertRecovers(scene, `seed ${seed}, round ${round}, after ${delayMs} ms`);
  }
});

test('the lock of a killed owner is taken over, and the ledger calls its day failed', async (t) => {
  const scene = await publishedScene(t);
  await (await startRun(scene, 'loaded')).ended;
  const [record] = await readLedger([DAY], scene.deps);
  assert.equal(record?.state, 'failed');
  assert.match(record?.error ?? '', /killed/);
  assert.ok(record?.publishedRunId, 'the old day is still published');
});

test('a run in another process, even one that stands still, keeps the day; it publishes when it goes on', async (t) => {
  const scene = await publishedScene(t);
  const { child, ended } = await startRun(scene, undefined, 'loaded');
  while ((await readLedger([DAY], scene.deps))[0]?.state !== 'running')
    await once(child.stdout ?? child, 'data');
  const [record] = await readLedger([DAY], scene.deps);
  const second = await runEtl(runOf(DAY), scene.deps);
  assert.equal(second.end, 'temporary');
  assert.equal(second.days[0]?.error?.code, 'day-is-running');
  assert.ok(second.days[0]?.error?.message.includes(record?.runId ?? 'nobody'));
  // It stands still until it is woken; one signal may come before it has stopped, so wake it until it ends.
  const waking = setInterval(() => child.kill('SIGCONT'), 20);
  const [code] = await ended;
  clearInterval(waking);
  assert.equal(code, 0);
  const [after] = await readLedger([DAY], scene.deps);
  assert.deepEqual([after?.state, after?.runId], ['verified', record?.runId]);
});
