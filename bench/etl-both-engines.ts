// A seeded shop of one million orders, and one day of it loaded by DuckDB and by the Glue job's own Spark: the two lakes
// must hold the same rows, types, measures and Parquet schemas. Too long for every test run; `npm test -- spark` does it small.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunEtlDeps, runEtl } from '../src/operations/run-etl.ts';
import { assertSameDay } from '../test/support/compare-lakes.ts';
import { DAY, fillShop, openEtlPlatform, runOf } from '../test/support/etl-platform.ts';
import { openShopServer } from '../test/support/shop-server.ts';
import { openSparkPlatform } from '../test/support/spark-platform.ts';
import { ensureSpark } from './support/spark.ts';

export const name = 'etl-both-engines';

const ORDERS = 1_000_000;
/** Few days, so that the day that is loaded is a large one. */
const DAYS = 3;

/** Throws when the two differ. */
export async function run(orders = ORDERS): Promise<void> {
  await ensureSpark();
  const server = await openShopServer();
  const folder = await mkdtemp(join(tmpdir(), 'dp-both-'));
  try {
    const { database } = server;
    await fillShop(database, { orders, days: DAYS, lastDay: '2026-11-22' });
    const input = (side: string) => ({ database, folder: join(folder, side) });
    const sides = [
      { deps: await openEtlPlatform(input('duckdb')), folder: join(folder, 'work') },
      { deps: await openSparkPlatform(input('spark')), folder: join(folder, 'work') },
    ] as const;
    for (const { deps } of sides) await load(deps);
    await assertSameDay(DAY, sides);
    console.log(
      `${orders.toLocaleString('en-US')} orders in ${DAYS} days: ${DAY} is the same on both engines`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
    await server.stop();
  }
}

async function load(deps: RunEtlDeps): Promise<void> {
  const started = performance.now();
  const { days } = await runEtl(runOf(DAY), deps);
  const [day] = days;
  if (day?.state !== 'verified') throw new Error(`${deps.engine.name}: ${JSON.stringify(day)}`);
  const rows = Object.values(day.tables).reduce((sum, table) => sum + table.rows, 0);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${deps.engine.name.padEnd(7)} ${rows.toLocaleString('en-US')} rows in ${seconds} s`);
}
