// The Shop API against the same SQL sent straight through a mysql2 pool, in one run: added latency one request at a
// time, and requests per second with 50 clients, for reads and for orders, through the handler and over HTTP.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createPool, type Pool } from 'mysql2/promise';
import { openLocalShopStore } from '../src/local/shop-store.ts';
import { openSqlSession } from '../src/local/sql-session.ts';
import type { DatabaseAccess } from '../src/platform/database.ts';
import { createShopApp, type ShopApp } from '../src/shop/app.ts';
import { migrate } from '../src/shop/migrate.ts';
import { DRIVER_OPTIONS } from '../src/shop/pooled-sql.ts';
import { readMigrations } from '../src/shop/read-migrations.ts';
import { seedShop } from '../src/shop/seed-shop.ts';
import { startShopServer } from '../src/shop/server.ts';
import { openShopServer } from '../test/support/shop-server.ts';
import { interleave, median } from './support/measure.ts';

export const name = 'shop-api';

const CLIENTS = 50;
const CONNECTIONS = 16;
const SEQUENTIAL = 1_500;
const SECONDS = 1;
const ROUNDS = 5;
const PRODUCTS = 250;
const CUSTOMERS = 2_000;

/** One request of a kind; `index` varies what is asked for. */
type Request = (index: number) => Promise<unknown>;

export async function run(): Promise<void> {
  const server = await openShopServer();
  try {
    const access = await prepareShop(server);
    await using local = await openLocalShopStore(access, { connectionsMax: CONNECTIONS });
    const app = createShopApp({
      store: local.store,
      log: () => undefined,
      elapsedMs: () => performance.now(),
      newId: randomUUID,
    });
    const pool = barePool(access);
    await using http = await startShopServer({ port: 0 }, { app, newId: randomUUID });
    const reads = {
      bare: (index: number) => readBare(pool, index),
      handler: (index: number) => readThrough(app, index),
    };
    const orders = {
      bare: (index: number) => orderBare(pool, index),
      handler: (index: number) => orderThrough(app, index),
    };
    await measureLatency('read', reads);
    await measureLatency('order', orders);
    await measureThroughput('read', reads, http.url);
    await measureThroughput('order', orders, http.url);
    await pool.end();
  } finally {
    await server.stop();
  }
}

async function prepareShop(server: Awaited<ReturnType<typeof openShopServer>>): Promise<DatabaseAccess> {
  await using admin = await openSqlSession(await server.database.access('admin'));
  await migrate(admin, await readMigrations(new URL('../src/shop/migrations/', import.meta.url).pathname));
  const shop = { seed: 1, orders: 10_000, days: 30, lastDay: '2026-11-22', replace: false };
  await seedShop(shop, { session: admin });
  await admin.query(
    `INSERT INTO products (sku, name, category, price)
     SELECT CONCAT('BENCH-', id), name, 'bench', 100.00 FROM customers LIMIT ${PRODUCTS}`,
  );
  await admin.query('UPDATE products SET stock = 100000000, active = 1');
  return server.database.access('shop_api');
}

function barePool(access: DatabaseAccess): Pool {
  const { socketPath, host, port, user, password, database } = access;
  const address = socketPath === undefined ? { host, port } : { socketPath };
  return createPool({
    ...DRIVER_OPTIONS,
    ...address,
    user,
    password,
    database,
    connectionLimit: CONNECTIONS,
  });
}

async function readBare(pool: Pool, index: number): Promise<void> {
  await pool.query(
    'SELECT id, sku, name, category, price, stock, active, updated_at FROM products WHERE id = ?',
    [1 + (index % PRODUCTS)],
  );
}

async function readThrough(app: ShopApp, index: number): Promise<void> {
  await expectOk(await app.fetch(new Request(`http://localhost/products/${1 + (index % PRODUCTS)}`)));
}

async function orderBare(pool: Pool, index: number): Promise<void> {
  const [first, second] = productsOf(index);
  const connection = await pool.getConnection();
  await connection.query('START TRANSACTION');
  const [rows] = await connection.query(
    `SELECT id, price, stock, active, UTC_TIMESTAMP(6) AS now FROM products WHERE id IN (?, ?) ORDER BY id FOR UPDATE`,
    [first, second],
  );
  const { now } = (rows as { now: string }[])[0] ?? { now: '' };
  await connection.query(
    `UPDATE products SET stock = stock + CASE id WHEN ? THEN ? WHEN ? THEN ? ELSE 0 END,
     updated_at = UTC_TIMESTAMP(6) WHERE id IN (?, ?)`,
    [first, -1, second, -2, first, second],
  );
  const [order] = await connection.query(
    `INSERT INTO orders (customer_id, status, channel, payment_method, total_amount, note, created_at, updated_at)
     VALUES (?, 'pending', ?, ?, ?, ?, ?, ?)`,
    [1 + (index % CUSTOMERS), 'web', null, '300.00', null, now, now],
  );
  const { insertId } = order as { insertId: number };
  await connection.query(
    `INSERT INTO order_items
       (order_id, line_number, product_id, quantity, unit_price, line_amount, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      insertId,
      1,
      first,
      1,
      '100.00',
      '100.00',
      now,
      now,
      insertId,
      2,
      second,
      2,
      '100.00',
      '200.00',
      now,
      now,
    ],
  );
  await connection.query('COMMIT');
  connection.release();
}

async function orderThrough(app: ShopApp, index: number): Promise<void> {
  await expectOk(await app.fetch(new Request('http://localhost/orders', orderRequest(index))));
}

function orderRequest(index: number): RequestInit {
  const [first, second] = productsOf(index);
  const items = [
    { productId: first, quantity: 1 },
    { productId: second, quantity: 2 },
  ];
  const body = JSON.stringify({ customerId: 1 + (index % CUSTOMERS), items });
  // Both doors know the length of a body; a Request made here would not, and be read as a stream of any length.
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  return { method: 'POST', headers, body };
}

/** Two different products; neighbours in time rarely share one. The lower id first, as locks are taken. */
function productsOf(index: number): [number, number] {
  const first = 1 + ((index * 7) % (PRODUCTS - 1));
  return [first, first + 1];
}

async function expectOk(response: Response): Promise<void> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text}`);
}

/** Turn by turn, so that whatever else the machine does falls on both alike. */
async function measureLatency(kind: string, ways: Readonly<Record<string, Request>>): Promise<void> {
  const times = new Map<string, number[]>(Object.keys(ways).map((way) => [way, []]));
  for (let index = 0; index < SEQUENTIAL; index++) {
    for (const [way, request] of Object.entries(ways)) {
      const from = performance.now();
      await request(index);
      times.get(way)?.push(performance.now() - from);
    }
  }
  const medianOf = (way: string): number => median(times.get(way) ?? []);
  const line = Object.keys(ways).map((way) => `${way} ${medianOf(way).toFixed(3)} ms`);
  const added = (medianOf('handler') - medianOf('bare')).toFixed(3);
  console.log(`${kind}: median ${line.join(', ')}; the handler adds ${added} ms`);
}

async function measureThroughput(
  kind: 'read' | 'order',
  ways: Readonly<Record<string, Request>>,
  url: string,
): Promise<void> {
  const perSecond: Record<string, number[]> = await interleave<string>(ROUNDS, {
    ...Object.fromEntries(
      Object.entries(ways).map(([way, request]) => [way, () => requestsPerSecond(request)]),
    ),
    http: () => requestsPerSecondOverHttp(kind, url),
  });
  const bare = median(perSecond.bare ?? []);
  const line = Object.entries(perSecond).map(([way, rounds]) => {
    const count = median(rounds);
    return `${way} ${count.toFixed(0)}/s (${(count / bare).toFixed(2)})`;
  });
  console.log(`${kind}: ${CLIENTS} clients: ${line.join(', ')}`);
}

/** From a process of their own, as clients are. */
async function requestsPerSecondOverHttp(kind: 'read' | 'order', url: string): Promise<number> {
  const program = join(import.meta.dirname, 'support', 'http-clients.ts');
  const requests = Array.from({ length: 200 }, (_, index) =>
    kind === 'read'
      ? { method: 'GET', path: `/products/${1 + (index % PRODUCTS)}`, body: '' }
      : { method: 'POST', path: '/orders', body: String(orderRequest(index * 3).body) },
  );
  const child = spawn(process.execPath, [program, url, String(CLIENTS), String(SECONDS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(requests));
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  return Number(text);
}

async function requestsPerSecond(request: Request): Promise<number> {
  let done = 0;
  let index = 0;
  const from = performance.now();
  const end = from + SECONDS * 1000;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      await request(index++);
      done++;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return (done / (performance.now() - from)) * 1000;
}
