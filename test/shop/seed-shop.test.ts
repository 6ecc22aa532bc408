import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { generateShop } from '../../src/shop/generate/generate-shop.ts';
import { type ShopTable, shopColumns } from '../../src/shop/generate/shop-rows.ts';
import { createInsertBatches, STATEMENT_CHARACTERS_MAX } from '../../src/shop/insert-batches.ts';
import { migrate } from '../../src/shop/migrate.ts';
import { readMigrations } from '../../src/shop/read-migrations.ts';
import { describeSeed, seedShop } from '../../src/shop/seed-shop.ts';
import { type PrivateSession, startPrivateServer } from './private-server.ts';

const server = await startPrivateServer();
after(() => server[Symbol.asyncDispose]());
const directory = new URL('../../src/shop/migrations/', import.meta.url).pathname;
const shop = { seed: 3, orders: 3_000, days: 14, lastDay: '2026-11-22', replace: false };

test('the loaded shop is the generated one, value for value', async () => {
  await using session = await openShop('exact');
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
  await using session = await openShop('again');
  await seedShop(shop, { session });
  assert.equal((await seedShop(shop, { session })).changed, false);
  await assert.rejects(seedShop({ ...shop, seed: 4 }, { session }), { code: 'shop-not-empty' });
  const replaced = await seedShop({ ...shop, seed: 4, orders: 10, replace: true }, { session });
  assert.equal(replaced.rows.orders, 10);
  const { rows } = await session.query('SELECT COUNT(*) FROM orders');
  assert.deepEqual(rows, [['10']]);
});

test('a shop with somebody’s own rows is never emptied by default', async () => {
  await using session = await openShop('own_rows');
  await session.query("INSERT INTO customers (name) VALUES ('山田 太郎')");
  await assert.rejects(seedShop(shop, { session }), { code: 'shop-not-empty', kind: 'confirmation' });
  assert.deepEqual((await session.query('SELECT COUNT(*) FROM customers')).rows, [['1']]);
});

test('an interrupted seed is seen as incomplete, and the next one starts over', async () => {
  await using session = await openShop('interrupted');
  const stop = new AbortController();
  const big = { ...shop, orders: 40_000 };
  await assert.rejects(
    seedShop({ ...big, signal: stop.signal }, { session, notify: () => stop.abort(new Error('stopped')) }),
    /stopped/,
  );
  assert.equal((await describeSeed(session)).state, 'loading');
  const partial = Number((await session.query('SELECT COUNT(*) FROM orders')).rows[0]?.[0]);
  assert.ok(partial > 0 && partial < big.orders, `${partial} orders were there`);
  await seedShop(shop, { session });
  assert.equal((await describeSeed(session)).state, 'complete');
  assert.deepEqual((await session.query('SELECT COUNT(*) FROM orders')).rows, [['3000']]);
});

test('a connection killed in mid-load leaves a shop that the next seed completes', async () => {
  await using observer = await openShop('killed');
  const session = await server.open('killed');
  const id = String((await session.query('SELECT CONNECTION_ID()')).rows[0]?.[0]);
  let killing: Promise<unknown> | undefined;
  const notify = (): void => {
    killing ??= observer.query(`KILL ${id}`);
  };
  await assert.rejects(seedShop({ ...shop, orders: 60_000 }, { session, notify }));
  await killing;
  session.connection.destroy();
  assert.equal((await describeSeed(observer)).state, 'loading');
  assert.equal((await seedShop(shop, { session: observer })).changed, true);
});

test('after a load the constraints hold again and new orders get the next id', async () => {
  await using session = await openShop('after');
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

test('statements stay near their limit, and text with quotes, backslashes and NUL arrives as it was', async () => {
  await using session = await server.open('batches');
  await session.query('CREATE TABLE t (id BIGINT, text TEXT CHARACTER SET utf8mb4)');
  const texts = ["it's", 'a\\', '\\', "\\'", "''", '', 'tab\tline\nend\r', 'nul\0nul', '🎁', '\\N', '"x"'];
  let longest = 0;
  const batches = createInsertBatches({ t: ['id', 'text'] }, (sql) => {
    longest = Math.max(longest, sql.length);
    return session.query(sql);
  });
  const filler = 'x'.repeat(1_000);
  for (let id = 0; id < 2_000; id++)
    await batches.add('t', [id, id < texts.length ? (texts[id] ?? null) : filler]);
  await batches.add('t', [2_000, null]);
  await batches.flush();
  const { rows } = await session.query('SELECT text FROM t WHERE id < ? OR id = 2000 ORDER BY id', [
    texts.length,
  ]);
  assert.deepEqual(
    rows.map((row) => row[0]),
    [...texts, null],
  );
  assert.ok(longest < STATEMENT_CHARACTERS_MAX + 2_000);
});

test('a statement that fails is told, not lost', async () => {
  const batches = createInsertBatches({ t: ['id'] }, () => Promise.reject(new Error('no such table')));
  batches.add('t', [1]);
  await assert.rejects(batches.flush(), /no such table/);
});

async function openShop(database: string): Promise<PrivateSession> {
  const session = await server.open(database);
  await migrate(session, await readMigrations(directory));
  return session;
}
