import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openLocalCatalog } from '../../src/local/catalog.ts';
import { openLocalEngine } from '../../src/local/engine.ts';
import { openLocalLake } from '../../src/local/lake.ts';
import { readLakeTables } from '../../src/operations/read-lake-tables.ts';
import type { EtlEvent, RunEtlDeps, RunEtlInput } from '../../src/operations/run-etl.ts';
import type { Database, SqlSession } from '../../src/platform/database.ts';
import { migrate } from '../../src/shop/migrate.ts';
import { readMigrations } from '../../src/shop/read-migrations.ts';
import { seedShop } from '../../src/shop/seed-shop.ts';

/** A day that every fixture is about. */
export const DAY = '2026-11-21';

export const LAKE_DATABASE = 'local_test_lake';
const MIGRATIONS = join(import.meta.dirname, '../../src/shop/migrations');

export interface EtlPlatformInput {
  readonly database: Database;
  /** A folder of this platform's own. */
  readonly folder: string;
  /** The moment it is. Default: long after every day of the tests. */
  readonly nowMs?: number;
}

/** The lake's operations over a real server, real files and DuckDB. Events are kept in `events`. */
export async function openEtlPlatform(input: EtlPlatformInput): Promise<RunEtlDeps & { events: EtlEvent[] }> {
  const lakeFolder = join(input.folder, 'lake');
  const events: EtlEvent[] = [];
  return {
    lake: openLocalLake({ folder: lakeFolder }),
    catalog: openLocalCatalog({ folder: join(input.folder, 'catalog') }),
    engine: openLocalEngine({
      database: input.database,
      lakeFolder,
      spillFolder: join(input.folder, 'work'),
    }),
    clock: tickingClock(input.nowMs ?? Math.max(Date.parse('2026-12-31T00:00:00Z'), Date.now())),
    lakeDatabase: LAKE_DATABASE,
    tables: await readLakeTables(),
    random: () => randomBytes(3).toString('hex'),
    notify: (event) => events.push(event),
    events,
  };
}

export function runOf(day: string, more: Partial<RunEtlInput> = {}): RunEtlInput {
  return { from: day, to: day, concurrency: 1, dryRun: false, force: false, ...more };
}

/** Applies the migrations and fills the shop. */
export async function fillShop(
  database: Database,
  shop: { readonly orders: number; readonly days: number; readonly lastDay: string; readonly seed?: number },
): Promise<void> {
  await using session = await database.connect('admin');
  await migrateTestShop(session);
  await seedShop({ seed: 7, replace: true, ...shop }, { session });
}

export async function migrateTestShop(session: SqlSession): Promise<void> {
  await migrate(session, await readMigrations(MIGRATIONS));
}

/** Runs begun in the same moment would not sort: each look at this clock is a millisecond later. */
function tickingClock(startMs: number): { now: () => number } {
  let ms = startMs;
  return { now: () => ms++ };
}

/** Rows of one column's texts, as the administrator sees them. */
export async function textsOf(database: Database, sql: string): Promise<(string | null)[]> {
  await using session = await database.connect('admin');
  return (await session.query(sql)).rows.map((row) => row[0] ?? null);
}

export async function change(database: Database, ...statements: readonly string[]): Promise<void> {
  await using session = await database.connect('admin');
  for (const sql of statements) await session.query(sql);
}
