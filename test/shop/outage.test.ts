import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ensureServer, stopServer } from '../../src/local/mysql-server.ts';
import { openSqlSession } from '../../src/local/sql-session.ts';
import type { SqlSession } from '../../src/platform/database.ts';
import { until } from '../../src/std/deadline.ts';
import { type ShopServer, startShopServer } from '../support/shop-server.ts';
import { openShopApi } from './shop-api.ts';

const WAIT = { timeoutMs: 20_000, everyMs: 20 };

test('the database stops in mid-request: 503 at once, nothing half done, and all is well when it is back', async (t) => {
  const server = await startShopServer(t);
  await using api = await openShopApi(server);
  await api.admin.query('UPDATE products SET stock = 100, active = 1 WHERE id IN (1, 2)');
  const before = await countOrders(api.admin);
  // The administrator holds product 2, so that orders for it wait in the middle of their transaction.
  await api.admin.query('START TRANSACTION');
  await api.admin.query('SELECT * FROM products WHERE id = 2 FOR UPDATE');
  const items = [1, 2].map((productId) => ({ productId, quantity: 1 }));
  const orders = Array.from({ length: 5 }, (_, index) =>
    api.request('POST', '/orders', {
      body: { customerId: 1, items },
      headers: { 'idempotency-key': `outage-${index}` },
    }),
  );
  await untilSomebodyWaits(server);

  await stopServer(server.paths);
  for (const answer of await Promise.all(orders)) {
    assert.equal(answer.status, 503);
    assert.equal(answer.body.code, 'temporarily-unavailable');
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
  }
  const down = await api.request('GET', '/products');
  assert.equal(down.status, 503);
  assert.equal((await api.request('GET', '/health')).status, 503);
  assert.doesNotMatch(JSON.stringify(down.body), /ECONN|socket|mysql/i, 'the inside is not shown');

  await ensureServer({
    paths: server.paths,
    environmentVariables: server.environmentVariables,
    databaseName: 'stg_core',
    bufferPoolMegabytes: 64,
  });
  assert.equal((await api.request('GET', '/health')).status, 200);
  await using admin = await openSqlSession(await server.database.access('admin'));
  assert.equal(await countOrders(admin), before, 'no order of the outage was kept');
  const retried = await api.request('POST', '/orders', {
    body: { customerId: 1, items },
    headers: { 'idempotency-key': 'outage-0' },
  });
  assert.equal(retried.status, 201);
  assert.equal((await api.request('GET', '/products/1')).body.stock, 99);
});

test('a statement that takes too long ends in 503 and its connection is not used again', async (t) => {
  const server = await startShopServer(t);
  const limits = { acquireMs: 2_000, statementMs: 150, restMs: 60_000 };
  await using api = await openShopApi(server, { connectionsMax: 2, limits });
  await api.admin.query('UPDATE products SET stock = 10, active = 1 WHERE id = 1');
  await api.admin.query('START TRANSACTION');
  await api.admin.query('SELECT * FROM products WHERE id = 1 FOR UPDATE');
  const body = { customerId: 1, items: [{ productId: 1, quantity: 1 }] };
  const stuck = await api.request('POST', '/orders', { body });
  assert.equal(stuck.status, 503);
  await api.admin.query('ROLLBACK');
  for (let index = 0; index < 4; index++) {
    assert.equal((await api.request('POST', '/orders', { body })).status, 201);
  }
  assert.equal((await api.request('GET', '/products/1')).body.stock, 6);
});

test('when every connection is taken a request waits for its limit, then is told to come back', async (t) => {
  const server = await startShopServer(t);
  const limits = { acquireMs: 1_000, statementMs: 30_000, restMs: 60_000 };
  await using api = await openShopApi(server, { connectionsMax: 1, limits });
  await api.admin.query('UPDATE products SET stock = 10, active = 1 WHERE id = 1');
  await api.admin.query('START TRANSACTION');
  await api.admin.query('SELECT * FROM products WHERE id = 1 FOR UPDATE');
  const body = { customerId: 1, items: [{ productId: 1, quantity: 1 }] };
  const first = api.request('POST', '/orders', { body });
  await untilSomebodyWaits(server);
  const second = await api.request('GET', '/products/1');
  assert.equal(second.status, 503);
  await api.admin.query('ROLLBACK');
  assert.equal((await first).status, 201);
  assert.equal((await api.request('GET', '/products/1')).status, 200);
});

test('a request that outlasts the API’s own limit gets 504', async (t) => {
  const server = await startShopServer(t);
  await using api = await openShopApi(server, { requestTimeoutMs: 100 });
  await api.admin.query('UPDATE products SET stock = 10, active = 1 WHERE id = 1');
  await api.admin.query('START TRANSACTION');
  await api.admin.query('SELECT * FROM products WHERE id = 1 FOR UPDATE');
  const body = { customerId: 1, items: [{ productId: 1, quantity: 1 }] };
  const slow = await api.request('POST', '/orders', { body, headers: { 'idempotency-key': 'slow' } });
  assert.equal(slow.status, 504);
  await api.admin.query('ROLLBACK');
  // The work went on behind the answer; the retry finds its order or places it, never a second one.
  const order = await api.request('POST', '/orders', { body, headers: { 'idempotency-key': 'slow' } });
  assert.equal(order.status, 201);
  assert.equal((await api.request('GET', '/products/1')).body.stock, 9);
});

test('a connection that died while it rested is replaced before it is used', async (t) => {
  const server = await startShopServer(t);
  const limits = { acquireMs: 2_000, statementMs: 5_000, restMs: 0 };
  await using api = await openShopApi(server, { connectionsMax: 1, limits });
  assert.equal((await api.request('GET', '/products/1')).status, 200);
  const { rows } = await api.admin.query(
    "SELECT id FROM information_schema.processlist WHERE user = 'shop_api'",
  );
  for (const [id] of rows) await api.admin.query(`KILL ${id}`);
  assert.equal((await api.request('GET', '/products/1')).status, 200);
});

async function countOrders(session: SqlSession): Promise<number> {
  return Number((await session.query('SELECT COUNT(*) FROM orders')).rows[0]?.[0]);
}

async function untilSomebodyWaits(server: ShopServer): Promise<void> {
  await using observer = await openSqlSession(await server.database.access('admin'));
  const waits = await until(async () => {
    const { rows } = await observer.query(
      "SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
    );
    return rows.length > 0 ? true : undefined;
  }, WAIT);
  assert.ok(waits, 'a request waits for a lock');
}
