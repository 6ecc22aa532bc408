import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { generateShop } from '../../../src/shop/generate/generate-shop.ts';
import type { ShopParameters } from '../../../src/shop/generate/shop-parameters.ts';
import { type ShopRow, type ShopTable, shopColumns } from '../../../src/shop/generate/shop-rows.ts';
import { Failure } from '../../../src/std/failure.ts';

const shop: ShopParameters = { seed: 7, orders: 20_000, days: 30, lastDay: '2026-11-22' };
const rows = [...generateShop(shop)];
const orders = rows.filter((row) => row.table === 'orders').map(named);
const items = rows.filter((row) => row.table === 'order_items').map(named);
const customers = rows.filter((row) => row.table === 'customers').map(named);
const products = rows.filter((row) => row.table === 'products').map(named);

test('the same parameters give the same shop, row for row', () => {
  assert.equal(checksum(generateShop(shop)), checksum(rows));
});

test('the shop of one seed stays what it was when this was written', () => {
  const small = { seed: 1, orders: 100, days: 3, lastDay: '2026-11-22' };
  assert.equal(checksum(generateShop(small)).slice(0, 16), '9cd248a8f91b5d93');
});

test('another seed, size, length or last day is another shop', () => {
  const others = [{ seed: 8 }, { orders: 20_001 }, { days: 31 }, { lastDay: '2026-11-23' }];
  const sums = [shop, ...others.map((other) => ({ ...shop, ...other }))].map((each) =>
    checksum(generateShop(each)),
  );
  assert.equal(new Set(sums).size, sums.length);
});

test('exactly the orders asked for exist, and deleted ones leave gaps between the ids', () => {
  assert.equal(orders.length, shop.orders);
  const ids = orders.map((order) => Number(order.id));
  assert.ok(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? 0)));
  const gaps = (ids.at(-1) ?? 0) - ids.length;
  assert.ok(gaps > 20 && gaps < 400, `${gaps} gaps`);
});

test('every child has its parent, and no order is older than its customer or its products', () => {
  const customerTimes = new Map(customers.map((customer) => [customer.id, String(customer.created_at)]));
  const productTimes = new Map(products.map((product) => [product.id, String(product.created_at)]));
  const orderTimes = new Map(orders.map((order) => [order.id, String(order.created_at)]));
  for (const order of orders)
    assert.ok((customerTimes.get(order.customer_id) ?? '~') <= String(order.created_at));
  for (const item of items) {
    assert.equal(orderTimes.get(item.order_id), item.created_at);
    assert.ok((productTimes.get(item.product_id) ?? '~') < String(item.created_at));
  }
});

test('an order costs what its lines cost, and no product is in it twice', () => {
  const totals = new Map<unknown, number>();
  const pairs = new Set<string>();
  for (const item of items) {
    const amount = hundredths(item.line_amount);
    assert.equal(amount, Number(item.quantity) * hundredths(item.unit_price));
    totals.set(item.order_id, (totals.get(item.order_id) ?? 0) + amount);
    pairs.add(`${item.order_id}/${item.product_id}`);
  }
  for (const order of orders) assert.equal(totals.get(order.id), hundredths(order.total_amount));
  assert.equal(pairs.size, items.length);
});

test('a few products make most of the sales', () => {
  const sold = [...count(items.map((item) => item.product_id)).values()].sort((a, b) => b - a);
  const head = sold.slice(0, Math.ceil(products.length / 10)).reduce((sum, each) => sum + each, 0);
  assert.ok(head > items.length * 0.4, `the first tenth sells ${head} of ${items.length} lines`);
  assert.ok((sold[0] ?? 0) > 2.5 * (sold[3] ?? 0), 'the best seller is far ahead of the fourth');
});

test('Japan sleeps at four and shops at nine in the evening, and more on Sundays than on Mondays', () => {
  const hours = count(orders.map((order) => japanese(order.created_at).getUTCHours()));
  assert.ok((hours.get(21) ?? 0) > 8 * (hours.get(4) ?? 0));
  const weekdays = count(orders.map((order) => japanese(order.created_at).getUTCDay()));
  assert.ok((weekdays.get(0) ?? 0) > (weekdays.get(1) ?? 0));
});

test('orders lie on every day, in order of time, and nothing happens after the last day', () => {
  const times = orders.map((order) => String(order.created_at));
  assert.deepEqual(times, [...times].sort());
  const days = new Set(orders.map((order) => japanese(order.created_at).toISOString().slice(0, 10)));
  assert.equal(days.size, shop.days);
  assert.ok(days.has('2026-10-24') && days.has('2026-11-22'));
  for (const row of [...orders, ...customers, ...products]) {
    assert.ok(String(row.updated_at) <= '2026-11-22 14:59:59.999999');
    assert.ok(String(row.updated_at) >= String(row.created_at));
  }
});

test('some orders fall on the first and the last microsecond of a Japanese day', () => {
  const times = new Set(orders.map((order) => String(order.created_at).slice(11)));
  assert.ok(times.has('15:00:00.000000'));
  assert.ok(times.has('14:59:59.999999'));
});

test('statuses change days after the order, and every status occurs', () => {
  const late = orders.filter(
    (order) => String(order.updated_at).slice(0, 10) > String(order.created_at).slice(0, 10),
  );
  assert.ok(late.length > orders.length / 2);
  const statuses = count(orders.map((order) => order.status));
  assert.deepEqual([...statuses.keys()].sort(), [
    'cancelled',
    'delivered',
    'paid',
    'pending',
    'refunded',
    'shipped',
  ]);
});

test('some values are NULL, empty, outside the basic plane, or full of characters that break exports', () => {
  const notes = orders.map((order) => order.note);
  assert.ok(notes.includes(null) && notes.includes(''));
  for (const part of ['\t', '\n', '"', "'", '\\', '🎁']) {
    assert.ok(
      notes.some((note) => String(note).includes(part)),
      `no note holds ${JSON.stringify(part)}`,
    );
  }
  assert.ok(customers.some((customer) => customer.email === null));
  assert.ok(customers.some((customer) => String(customer.name).includes('𠮷')));
  const home = count(customers.map((customer) => customer.prefecture));
  assert.ok((home.get('東京都') ?? 0) > 5 * (home.get('高知県') ?? 0));
});

test('emails and stock-keeping units are unique', () => {
  const emails = customers.map((customer) => customer.email).filter((email) => email !== null);
  assert.equal(new Set(emails).size, emails.length);
  assert.equal(new Set(products.map((product) => product.sku)).size, products.length);
});

test('a shop without orders, and one with fewer orders than days, can be made', () => {
  assert.equal(ordersOf({ ...shop, orders: 0 }), 0);
  assert.equal(ordersOf({ ...shop, orders: 5, days: 30 }), 5);
});

test('parameters no shop can be made of are refused by name', () => {
  for (const [wrong, name] of [
    [{ orders: -1 }, /orders -1/],
    [{ orders: 1.5 }, /orders 1\.5/],
    [{ days: 0 }, /days 0/],
    [{ seed: Number.NaN }, /seed NaN/],
    [{ lastDay: '2026-02-30' }, /last day 2026-02-30/],
    [{ lastDay: 'yesterday' }, /last day yesterday/],
  ] as const) {
    assert.throws(
      () => generateShop({ ...shop, ...wrong }).next(),
      (error) => error instanceof Failure && error.kind === 'usage' && name.test(error.message),
    );
  }
});

function ordersOf(parameters: ShopParameters): number {
  return [...generateShop(parameters)].filter((row) => row.table === 'orders').length;
}

function checksum(all: Iterable<ShopRow>): string {
  const hash = createHash('sha256');
  for (const row of all) hash.update(JSON.stringify([row.table, row.values]));
  return hash.digest('hex');
}

function named(row: ShopRow): Record<string, string | number | null> {
  const columns = shopColumns[row.table satisfies ShopTable];
  return Object.fromEntries(columns.map((column, index) => [column, row.values[index] ?? null]));
}

function count<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function hundredths(money: unknown): number {
  return Number(String(money).replace('.', ''));
}

/** The instant moved by nine hours, so that its UTC parts are Japan's clock. */
function japanese(utcText: unknown): Date {
  return new Date(Date.parse(`${String(utcText).slice(0, 23).replace(' ', 'T')}Z`) + 9 * 3_600_000);
}
