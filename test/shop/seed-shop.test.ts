import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SqlSession } from '../../src/platform/database.ts';
import { generateShop } from '../../src/shop/generate/generate-shop.ts';
import { type ShopTable, shopColumns } from '../../src/shop/generate/shop-rows.ts';
import { INSERT_CHARACTERS_MAX, loadRows } from '../../src/shop/load-rows.ts';
import { describeSeed, type SeedProgress, seedShop } from '../../src/shop/seed-shop.ts';
import { sharedShopServer } from '../support/shop-server.ts';
import { openDatabase, openShop } from './shop-database.ts';

const server = sharedShopServer();
const shop = { seed: 3, orders: 3_000, days: 14, lastDay: '2026-11-22', replace: false };

test('the loaded shop is the generated one, value for value', async () => {
  await using session = await openShop(await server(), 'exact');
  const result = await seedShop(shop, { session });
  assert.equal(result.changed, true);
  const expected = new Map<ShopTable, (string | null)[][]>();
  for (const { table, values } of generateShop(shop)) {
    const list = expected.get(table) ?? [];
    list.push(values.map((value) => (value === null ? null : String(value))));
    expected.set(table, list);
  }
  for (const [table, columns] of Object.entries(shopColumns) as [ShopTable, readonly string[]][]) {
    const { rows } = await session.query(`SELECT ${columns.join(',')} FROM ${table} ORDER BY id`);
    assert.deepEqual(rows, expected.get(table), table);
    assert.equal(result.rows[table], rows.length);
  }
});

test('seeding the same shop again changes nothing; another one is refused until it may replace', async () => {
  await using session = await openShop(await server(), 'again');
  await seedShop(shop, { session });
  assert.equal((await seedShop(shop, { session })).changed, false);
  await assert.rejects(seedShop({ ...shop, seed: 4 }, { session }), { code: 'shop-not-empty' });
  const replaced = await seedShop({ ...shop, seed: 4, orders: 10, replace: true }, { session });
  assert.equal(replaced.rows.orders, 10);
  const { rows } = await session.query('SELECT COUNT(*) FROM orders');
  assert.deepEqual(rows, [['10']]);
});

test('a shop with somebody’s own rows is never emptied by default', async () => {
  await using session = await openShop(await server(), 'own_rows');
  await session.query("INSERT INTO customers (name) VALUES ('山田 太郎')");
  await assert.rejects(seedShop(shop, { session }), { code: 'shop-not-empty', kind: 'confirmation' });
  assert.deepEqual((await session.query('SELECT COUNT(*) FROM customers')).rows, [['1']]);
});

test('an interrupted seed is seen as incomplete, and the next one starts over', async () => {
  await using session = await openShop(await server(), 'interrupted');
  const stop = new AbortController();
  const big = { ...shop, orders: 40_000 };
  await assert.rejects(
    seedShop({ ...big, signal: stop.signal }, { session, notify: () => stop.abort(new Error('stopped')) }),
    /stopped/,
  );
  assert.equal((await describeSeed(session)).state, 'loading');
  await seedShop(shop, { session });
  assert.equal((await describeSeed(session)).state, 'complete');
  assert.deepEqual((await session.query('SELECT COUNT(*) FROM orders')).rows, [['3000']]);
});

test('how far it has come is told: the orders, then the orders whose items are there', async () => {
  await using session = await openShop(await server(), 'told');
  const told: SeedProgress[] = [];
  await seedShop({ ...shop, orders: 30_000 }, { session, notify: (at) => told.push(at) });
  const [orders, items] = (['orders', 'orders with their items'] as const).map((what) =>
    told.filter((one) => one.what === what).map(({ done }) => done),
  );
  assert.ok(orders?.length && items && items.length >= 3, JSON.stringify(told));
  for (const counts of [orders, items])
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => a - b),
    );
  assert.deepEqual(told.at(-1), { done: 30_000, total: 30_000, what: 'orders with their items' });
});

test('a connection killed in mid-load leaves a shop that the next seed completes', async () => {
  await using observer = await openShop(await server(), 'killed');
  const session = await openShop(await server(), 'killed');
  const id = String((await session.query('SELECT CONNECTION_ID()')).rows[0]?.[0]);
  let killing: Promise<unknown> | undefined;
  const notify = (): void => {
    killing ??= observer.query(`KILL ${id}`);
  };
  await assert.rejects(seedShop({ ...shop, orders: 60_000 }, { session, notify }));
  await killing;
  await session[Symbol.asyncDispose]();
  assert.equal((await describeSeed(observer)).state, 'loading');
  assert.equal((await seedShop(shop, { session: observer })).changed, true);
});

test('after a load the constraints hold again and new orders get the next id', async () => {
  await using session = await openShop(await server(), 'after');
  await seedShop(shop, { session });
  const most = Number((await session.query('SELECT MAX(id) FROM orders')).rows[0]?.[0]);
  await session.query("INSERT INTO orders (customer_id, total_amount) VALUES (1, '1.00')");
  const next = Number((await session.query('SELECT MAX(id) FROM orders')).rows[0]?.[0]);
  assert.equal(next, most + 1);
  await assert.rejects(
    session.query("INSERT INTO orders (customer_id, total_amount) VALUES (999999999, '1.00')"),
  );
  await assert.rejects(session.query("UPDATE orders SET status = 'lost' WHERE id = 1"));
  await assert.rejects(session.query('UPDATE products SET stock = -1 WHERE id = 1'));
});

for (const way of ['insert', 'load'] as const) {
  test(`text with quotes, tabs, backslashes and NUL arrives as it was, by ${way}, in statements near their limit`, async () => {
    await using session = await openDatabase(await server(), `batches_${way}`);
    await session.query('CREATE TABLE t (id BIGINT, text TEXT CHARACTER SET utf8mb4)');
    const texts = [
      "it's",
      'a\\',
      '\\',
      "\\'",
      "''",
      '',
      'tab\tline\nend\r',
      'nul\0nul',
      '🎁',
      '\\N',
      '"x"',
      'NULL',
    ];
    const filler = 'x'.repeat(1_000);
    const rows = Array.from({ length: 3_000 }, (_, id) => [
      id,
      id < texts.length ? (texts[id] ?? null) : filler,
    ]);
    let longest = 0;
    const measured: SqlSession = {
      query(sql, parameters) {
        longest = Math.max(longest, sql.length);
        return session.query(sql, parameters);
      },
      ...(way === 'load' && session.loadText !== undefined ? { loadText: session.loadText } : {}),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    const input = { table: 't', columns: ['id', 'text'], rows: [...rows, [3_000, null]] };
    await loadRows(input, measured);
    const read = await session.query('SELECT text FROM t WHERE id < ? OR id = 3000 ORDER BY id', [
      texts.length,
    ]);
    assert.deepEqual(
      read.rows.map((row) => row[0]),
      [...texts, null],
    );
    if (way === 'insert') {
      assert.ok(longest >= INSERT_CHARACTERS_MAX && longest < INSERT_CHARACTERS_MAX + 2_000);
    } else assert.ok(longest < 1_000, 'no INSERT was sent');
  });
}

test('a row that cannot be loaded is an error, not a warning', async () => {
  await using session = await openDatabase(await server(), 'refused');
  await session.query('CREATE TABLE t (id BIGINT PRIMARY KEY, text VARCHAR(3))');
  const load = (...rows: (string | number)[][]): Promise<void> =>
    loadRows({ table: 't', columns: ['id', 'text'], rows }, session);
  await assert.rejects(load([1, 'a'], [1, 'b']), /Duplicate/);
  await assert.rejects(load([2, 'long text']), /too long|truncated/i);
});

test('what goes wrong while rows are made is thrown as it was, and the session goes on', async () => {
  await using session = await openDatabase(await server(), 'thrown');
  await session.query('CREATE TABLE t (id BIGINT)');
  const rows = function* (): Generator<number[]> {
    yield [1];
    throw new RangeError('no more rows');
  };
  await assert.rejects(loadRows({ table: 't', columns: ['id'], rows: rows() }, session), RangeError);
  assert.deepEqual((await session.query('SELECT 1')).rows, [['1']]);
});
