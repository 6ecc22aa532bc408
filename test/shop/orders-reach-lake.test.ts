import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLocalWarehouse } from '../../src/local/warehouse.ts';
import { runEtl } from '../../src/operations/run-etl.ts';
import { LAKE_DATABASE, openEtlPlatform, runOf } from '../support/etl-platform.ts';
import { startShopServer } from '../support/shop-server.ts';
import { openShopApi } from './shop-api.ts';

const JST_OFFSET_MS = 9 * 3_600_000;
const TWO_DAYS_MS = 2 * 86_400_000;

test('orders placed through the API are in the lake after the day’s run, to the last character', async (t) => {
  const server = await startShopServer(t);
  await using api = await openShopApi(server);
  await api.admin.query("UPDATE products SET stock = 1000, active = 1, price = '123.45' WHERE id <= 3");
  const placed = [];
  for (let index = 0; index < 7; index++) {
    const items = [{ productId: 1 + (index % 3), quantity: 1 + index }];
    const note = index === 0 ? '\'\t"\n\\ 🎁' : null;
    const answer = await api.request('POST', '/orders', { body: { customerId: 1 + index, items, note } });
    assert.equal(answer.status, 201);
    placed.push(answer.body);
  }
  await api.request('POST', `/orders/${placed[6].id}/cancel`);
  const days = new Set(placed.map((order) => jstDay(order.createdAt)));

  const folder = await mkdtemp(join(tmpdir(), 'dp-api-lake-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const nowMs = Date.now() + TWO_DAYS_MS;
  const platform = await openEtlPlatform({ database: server.database, folder, nowMs });
  for (const day of days) {
    const { days: finished } = await runEtl(runOf(day), platform);
    assert.deepEqual(
      finished.map(({ state }) => state),
      ['verified'],
    );
  }

  await using warehouse = openLocalWarehouse({
    catalog: platform.catalog,
    spillFolder: join(folder, 'spill'),
    now: () => nowMs,
  });
  const sql = `SELECT o.id, o.status, CAST(o.total_amount AS varchar), o.note, count(i.id)
    FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.dt >= DATE '${[...days].sort()[0]}'
    GROUP BY 1, 2, 3, 4 ORDER BY 1`;
  const result = await warehouse.run({ sql, database: LAKE_DATABASE });
  const rows = [];
  for await (const batch of result.batches()) rows.push(...batch);
  const expected = placed.map((order, index) => [
    order.id,
    index === 6 ? 'cancelled' : 'pending',
    order.totalAmount,
    order.note,
    1,
  ]);
  assert.deepEqual(
    rows.map((row) => row.map((value) => (typeof value === 'bigint' ? Number(value) : value))),
    expected,
  );
});

/** The Japanese calendar day of an instant. */
function jstDay(iso: string): string {
  return new Date(Date.parse(`${iso.slice(0, 23)}Z`) + JST_OFFSET_MS).toISOString().slice(0, 10);
}
