import assert from 'node:assert/strict';
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { openLocalCatalog } from '../../src/local/catalog.ts';
import { openLocalCrawlers } from '../../src/local/crawlers.ts';
import { withFileLock } from '../../src/local/file-lock.ts';
import { openLocalLake } from '../../src/local/lake.ts';
import { crawledDrift } from '../../src/operations/crawled-drift.ts';
import { readLakeTables } from '../../src/operations/read-lake-tables.ts';
import { crawlersContract } from '../contract/crawlers.ts';
import { change, migrateTestShop } from '../support/etl-platform.ts';
import { sharedShopServer } from '../support/shop-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const server = sharedShopServer();
const [AURORA, LANDING] = ['local-shop-aurora', 'local-shop-landing'];

async function open(t: TestContext) {
  const root = await temporaryFolder(t);
  const { database } = await server();
  const lakeFolder = join(root, 'lake');
  const lake = openLocalLake({ folder: lakeFolder });
  const catalog = openLocalCatalog({ folder: join(root, 'catalog') });
  const folder = join(root, 'crawlers');
  const crawlers = openLocalCrawlers(
    {
      folder,
      lakeFolder,
      shop: { name: AURORA, database: 'local_shop_source' },
      landing: { name: LANDING, database: 'local_shop_raw' },
    },
    {
      database: async () => database,
      lake: async () => lake,
      catalog: async () => catalog,
      clock: { now: Date.now },
    },
  );
  return { crawlers, catalog, lake, folder, database };
}

crawlersContract('local', async (t) => ({ crawlers: (await open(t)).crawlers, name: AURORA }));

test('a crawl writes down the schema of the shop, which is what the contracts read; a change is told and is drift', async (t) => {
  const { crawlers, catalog, database } = await open(t);
  await using admin = await database.connect('admin');
  await migrateTestShop(admin);
  await crawlers.start(AURORA);
  const tables = await readLakeTables();
  const driftNow = async () =>
    crawledDrift({ kind: 'database', found: await catalog.listTables('local_shop_source') }, tables);
  assert.deepEqual((await driftNow()).broken, []);
  assert.match((await crawlers.history(AURORA, 1))[0]?.summary ?? '', /^added .*stg_core_orders/);
  await crawlers.start(AURORA);
  assert.equal((await crawlers.history(AURORA, 1))[0]?.summary, 'nothing changed');

  t.after(() => change(database, 'DROP DATABASE stg_core', 'CREATE DATABASE stg_core'));
  await change(
    database,
    'ALTER TABLE orders MODIFY total_amount DOUBLE NOT NULL, MODIFY channel VARCHAR(16) NULL, ADD COLUMN gift INT',
    'ALTER TABLE products DROP COLUMN category',
    'DROP TABLE order_items',
  );
  await crawlers.start(AURORA);
  const [crawl] = await crawlers.history(AURORA, 1);
  assert.equal(crawl?.state, 'succeeded');
  assert.match(crawl.summary ?? '', /total_amount decimal\(14,2\) → double/);
  assert.match(crawl.summary ?? '', /\+gift int/);
  assert.match(crawl.summary ?? '', /-category/);
  assert.match(crawl.summary ?? '', /deleted stg_core_order_items/);
  const drift = await driftNow();
  assert.deepEqual([...drift.broken].sort(), [
    'The column orders.channel may be NULL in the database, and the contract says never.',
    'The column orders.total_amount is double, and the contract reads decimal(14,2).',
    'The column products.category (string) is missing.',
    'The table order_items is missing.',
  ]);
  assert.deepEqual(drift.extra, ['The column orders.gift (int) is in no contract and is left out.']);
  assert.ok(drift.nextSteps.some((step) => step.startsWith('dp db migrate')));
});

test('landed files are looked at by the newest run: fields, types as their texts look, and their number against the contract', async (t) => {
  const { crawlers, catalog, lake } = await open(t);
  const bytes = (text: string) => new TextEncoder().encode(text);
  const key = (run: string) => `landing/products/dt=2026-11-21/run=${run}/part-00000.txt`;
  await lake.write(key('20261122T000000000Z-00000a'), bytes('1|2\n'));
  await lake.write(
    key('20261123T000000000Z-00000a'),
    bytes('1|a|1.50|2026-01-01|2026-01-01 00:00:00.000000|~N\n2|b|~N|~N|2026-01-01 00:00:00.000001|~N\n'),
  );
  await crawlers.start(LANDING);
  const [table] = await catalog.listTables('local_shop_raw');
  assert.deepEqual(
    table?.columns.map(({ type }) => type),
    ['bigint', 'string', 'double', 'date', 'timestamp', 'string'],
  );
  const { broken } = crawledDrift(
    { kind: 'files', found: await catalog.listTables('local_shop_raw') },
    await readLakeTables(),
  );
  assert.deepEqual(broken, ['The landed files of products have 6 fields a line, and the contract reads 9.']);
});

test('a crawl that was killed has failed; while one runs another is not begun, and may be asked to stop', async (t) => {
  const { crawlers, folder } = await open(t);
  await mkdir(folder, { recursive: true });
  const begun = JSON.stringify({ id: 'a', startedAt: '2026-11-23T00:00:00.000Z' });
  await appendFile(join(folder, `${AURORA}.jsonl`), `${begun}\n{"id":"a","en`);
  assert.equal((await crawlers.history(AURORA, 5))[0]?.state, 'failed');
  const lock = { path: join(folder, `${AURORA}.lock`), purpose: 'test', timeoutMs: 0 };
  await withFileLock(lock, async () => {
    assert.equal((await crawlers.find(AURORA))?.state, 'running');
    assert.equal((await crawlers.history(AURORA, 5))[0]?.state, 'running');
    assert.equal(await crawlers.start(AURORA), false);
    assert.equal(await crawlers.stop(AURORA), true);
  });
  await assert.rejects(crawlers.history('none', 5), { code: 'crawler-unknown' });
});
