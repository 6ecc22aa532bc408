import assert from 'node:assert/strict';
import test from 'node:test';
import { openLocalWarehouse } from '../../src/local/warehouse.ts';
import { runEtl } from '../../src/operations/run-etl.ts';
import type { Database } from '../../src/platform/database.ts';
import { fillShop, LAKE_DATABASE, openEtlPlatform, runOf } from '../support/etl-platform.ts';
import { sharedShopServer } from '../support/shop-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DAY = '2026-11-21';
const server = sharedShopServer();
/** Customers, products, orders and items are committed together, so that every table could be torn. */
const WRITERS = 2;
const ROUNDS = 5;

test('a writer that commits orders with their items all through the extract leaves no orphan in any table', async (t) => {
  const { database } = await server();
  await fillShop(database, { orders: 4_000, days: 1, lastDay: DAY });
  const folder = await temporaryFolder(t);
  const deps = await openEtlPlatform({ database, folder });
  const stop = new AbortController();
  const writers = Array.from({ length: WRITERS }, (_, number) =>
    write(database, { number, signal: stop.signal }),
  );
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const run = await runEtl(runOf(DAY), deps);
      // The checks are error checks: every order has a customer, every item its order and product, totals agree.
      assert.equal(run.end, 'ok', JSON.stringify(run.days[0]?.error));
      for (const [name, sql] of ORPHANS) {
        assert.equal(await count(sql, { folder, deps }), 0, `round ${round}: ${name}`);
      }
    }
  } finally {
    stop.abort();
  }
  const committed = await Promise.all(writers);
  assert.ok(
    committed.every((transactions) => transactions > 2 * ROUNDS),
    `the writers wrote: ${committed.join(', ')}`,
  );
});

const ORPHANS = [
  [
    'items without an order',
    'SELECT count(*) FROM order_items i LEFT JOIN orders o ON o.id = i.order_id WHERE o.id IS NULL',
  ],
  [
    'orders without items',
    'SELECT count(*) FROM orders o LEFT JOIN order_items i ON i.order_id = o.id WHERE i.id IS NULL AND o.total_amount > 0',
  ],
  [
    'orders without a customer',
    'SELECT count(*) FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE c.id IS NULL',
  ],
  [
    'items without a product',
    'SELECT count(*) FROM order_items i LEFT JOIN products p ON p.id = i.product_id WHERE p.id IS NULL',
  ],
  [
    'sales of other items',
    "SELECT count(*) FROM (SELECT product_id, sum(i.line_amount) AS amount FROM order_items i JOIN orders o ON o.id = i.order_id WHERE o.status NOT IN ('cancelled', 'refunded') GROUP BY product_id) x FULL JOIN daily_sales s ON s.product_id = x.product_id WHERE s.revenue IS DISTINCT FROM x.amount",
  ],
] as const;

/** Commits one new customer, product, order and three items after another until it is told to stop. Gives how many. */
async function write(database: Database, input: { number: number; signal: AbortSignal }): Promise<number> {
  await using session = await database.connect('admin');
  const at = '2026-11-21 03:00:00.000001';
  let transactions = 0;
  while (!input.signal.aborted) {
    const id = 10_000_000 * (input.number + 1) + transactions;
    await session.query('START TRANSACTION');
    await session.query(
      `INSERT INTO customers (id, name, created_at, updated_at) VALUES (${id}, '新しい客', '${at}', '${at}')`,
    );
    await session.query(
      `INSERT INTO products (id, sku, name, category, price, created_at, updated_at) VALUES (${id}, 'new-${id}', 'x', 'y', 1.25, '${at}', '${at}')`,
    );
    await session.query(
      `INSERT INTO orders (id, customer_id, status, total_amount, created_at, updated_at) VALUES (${id}, ${id}, 'paid', 3.75, '${at}', '${at}')`,
    );
    await session.query(`INSERT INTO order_items (order_id, line_number, product_id, quantity, unit_price, line_amount, created_at, updated_at)
      VALUES (${id}, 1, ${id}, 1, 1.25, 1.25, '${at}', '${at}'), (${id}, 2, ${id}, 1, 1.25, 1.25, '${at}', '${at}'), (${id}, 3, ${id}, 1, 1.25, 1.25, '${at}', '${at}')`);
    await session.query('COMMIT');
    transactions++;
  }
  return transactions;
}

async function count(
  sql: string,
  { folder, deps }: { folder: string; deps: Awaited<ReturnType<typeof openEtlPlatform>> },
): Promise<number> {
  await using warehouse = openLocalWarehouse({
    catalog: deps.catalog,
    spillFolder: `${folder}/query`,
    now: Date.now,
  });
  const result = await warehouse.run({ sql, database: LAKE_DATABASE });
  for await (const batch of result.batches()) return Number(batch[0]?.[0]);
  return Number.NaN;
}
