import { openSqlSession } from '../src/local/sql-session.ts';
import { generateShop } from '../src/shop/generate/generate-shop.ts';
import { migrate } from '../src/shop/migrate.ts';
import { readMigrations } from '../src/shop/read-migrations.ts';
import { seedShop } from '../src/shop/seed-shop.ts';
import { openShopServer } from '../test/support/shop-server.ts';

/** Rows per second of the generator alone and of a whole seed, and this process' memory. */
const orders = Number(process.argv[2] ?? 50_000);
const shop = { seed: 1, orders, days: 30, lastDay: '2026-11-22' };

let generated = 0;
let from = performance.now();
for (const _row of generateShop(shop)) generated++;
const generateMs = performance.now() - from;

const server = await openShopServer();
try {
  await using session = await openSqlSession(await server.database.access('admin'));
  await migrate(session, await readMigrations(new URL('../src/shop/migrations/', import.meta.url).pathname));
  from = performance.now();
  const { rows } = await seedShop({ ...shop, replace: false }, { session });
  const seedMs = performance.now() - from;
  const loaded = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const perSecond = (count: number, ms: number): number => Math.round((count / ms) * 1000);
  console.log(
    JSON.stringify({
      orders,
      rows: loaded,
      generateRowsPerSecond: perSecond(generated, generateMs),
      seedMs: Math.round(seedMs),
      seedRowsPerSecond: perSecond(loaded, seedMs),
      peakRssMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    }),
  );
} finally {
  await server.stop();
}
