import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { openLocalCatalog } from '../../src/local/catalog.ts';
import { openLocalQueryHistory, writeRows } from '../../src/local/query-history.ts';
import { recordQueries } from '../../src/local/recorded-warehouse.ts';
import { openLocalWarehouse } from '../../src/local/warehouse.ts';
import type { Value } from '../../src/platform/warehouse.ts';
import { type WarehouseUnderTest, warehouseContract } from '../contract/warehouse.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function openLocal(folder: string): Promise<WarehouseUnderTest> {
  const catalog = openLocalCatalog({ folder: join(folder, 'catalog') });
  await catalog.ensureDatabase('shop');
  const now = () => Date.now();
  const inner = openLocalWarehouse({ catalog, spillFolder: join(folder, 'spill'), now });
  const history = openLocalQueryHistory({ folder: join(folder, 'queries') });
  return { warehouse: recordQueries({ warehouse: inner, history, now }), history, database: 'shop' };
}

warehouseContract('local', async (t) => openLocal(await temporaryFolder(t)));

test('rows are kept with every kind of value', async (t) => {
  const folder = await temporaryFolder(t);
  const history = openLocalQueryHistory({ folder });
  const rows: Value[][] = [
    [
      null,
      '',
      '日本\n\u0000',
      2n ** 64n,
      0.1,
      Number.NaN,
      true,
      new Uint8Array([0, 255]),
      [1, [null]],
      { a: { b: 1n } },
    ],
  ];
  const columns = (rows[0] ?? []).map((_, index) => ({ name: `c${index}`, type: 'varchar' }));
  const stats = {
    queryId: 'q',
    queuedMs: 0,
    planningMs: 0,
    executionMs: 1,
    scannedBytes: 0,
    rows: 1,
    reused: false,
    fetchPath: 'duckdb',
  };
  const record = {
    queryId: 'q',
    state: 'succeeded',
    sql: 'SELECT',
    database: 'shop',
    submittedMs: 1,
    tookMs: 1,
    scannedBytes: 0,
    reused: false,
  } as const;
  await history.keep({ record, columns, stats, hasRows: true });
  await writeRows(
    history.rowsPath('q'),
    (async function* () {
      yield rows;
    })(),
  );
  const found: (readonly Value[])[] = [];
  for await (const batch of (await history.results({ queryId: 'q' })).batches()) found.push(...batch);
  assert.deepEqual(found, rows);
});

test('a failed query is in the history with its reason, and has no result', async (t) => {
  const { warehouse, history, database } = await openLocal(await temporaryFolder(t));
  await assert.rejects(warehouse.run({ sql: 'SELECT missing_column', database }));
  const [record] = await history.list(1);
  assert.equal(record?.state, 'failed');
  assert.match(record?.reason ?? '', /missing_column/);
  await assert.rejects(history.results({ queryId: record?.queryId ?? '' }), { code: 'result-not-kept' });
});

test('local cannot detach or cancel, and says why', async (t) => {
  const { warehouse, history, database } = await openLocal(await temporaryFolder(t));
  await assert.rejects(history.start({ sql: 'SELECT 1', database }), { code: 'not-available-local' });
  const result = await warehouse.run({ sql: 'SELECT 1', database });
  for await (const _ of result.batches());
  await assert.rejects(history.cancel(result.stats().queryId), { code: 'query-not-running' });
});
