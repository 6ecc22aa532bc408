import { openSqlSession } from '../src/local/sql-session.ts';
import { generateShop } from '../src/shop/generate/generate-shop.ts';
import type { ShopParameters } from '../src/shop/generate/shop-parameters.ts';
import { migrate } from '../src/shop/migrate.ts';
import { readMigrations } from '../src/shop/read-migrations.ts';
import { seedShop } from '../src/shop/seed-shop.ts';
import { openShopServer } from '../test/support/shop-server.ts';

export const name = 'shop-seed';

const SIZES = [50_000, 300_000];

/** Rows per second of the generator alone and of a whole seed, and the memory of this process so far. */
export async function run(): Promise<void> {
  for (const orders of SIZES) await measure({ seed: 1, orders, days: 30, lastDay: '2026-11-22' });
}

async function measure(shop: ShopParameters): Promise<void> {
  let generated = 0;
  let from = performance.now();
  for (const _row of generateShop(shop)) generated++;
  const generateMs = performance.now() - from;

  const server = await openShopServer();
  try {
    await using session = await openSqlSession(await server.database.access('admin'));
    await migrate(
      session,
      await readMigrations(new URL('../src/shop/migrations/', import.meta.url).pathname),
    );
    from = performance.now();
    const { rows } = await seedShop({ ...shop, replace: false }, { session });
    const seedMs = performance.now() - from;
    const loaded = Object.values(rows).reduce((sum, count) => sum + count, 0);
    const rate = (count: number, ms: number): string => `${Math.round(count / ms)}k rows/s`;
    const rssMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
    console.log(
      `${shop.orders} orders, ${loaded} rows: made at ${rate(generated, generateMs)}, ` +
        `loaded in ${(seedMs / 1000).toFixed(1)} s (${rate(loaded, seedMs)}), peak RSS ${rssMegabytes} MB`,
    );
  } finally {
    await server.stop();
  }
}
