// What Athena's dialect costs on this machine: per query against DuckDB's own API on the same files, and on a scan
// of a whole table. The same process, turn by turn, so that the machine's other work falls on both alike.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DuckDBConnection } from '@duckdb/node-api';
import { planStatement } from '../src/athena/plan-statement.ts';
import { readStatement } from '../src/athena/statement-needs.ts';
import { openLocalCatalog } from '../src/local/catalog.ts';
import { applyDialect } from '../src/local/dialect-connection.ts';
import { connectDuckDB, literal, openDuckDB } from '../src/local/duckdb.ts';
import { rowsOfChunk } from '../src/local/duckdb-values.ts';
import { readKnownLake } from '../src/local/known-tables.ts';
import { openLocalWarehouse } from '../src/local/warehouse.ts';
import type { Catalog } from '../src/platform/catalog.ts';
import type { Warehouse } from '../src/platform/warehouse.ts';

export const name = 'query-local';

const ROWS = 4_000_000;
const DAYS = 4;
const SMALL_ROUNDS = 200;
const SCAN_ROUNDS = 9;

const SMALL = [
  'SELECT 1 AS one',
  "SELECT id, status FROM orders WHERE dt = DATE '2026-11-22' AND id = 5",
  `WITH paid AS (SELECT customer_id, sum(total) AS total FROM orders WHERE status = 'paid' AND dt = DATE '2026-11-22' AND id < 1000 GROUP BY customer_id)
   SELECT p.customer_id, p.total, rank() OVER (ORDER BY p.total DESC) AS place, date_format(TIMESTAMP '2026-11-22 00:00:00', '%Y') AS year
   FROM paid p WHERE p.total > (SELECT avg(total) FROM paid) ORDER BY place LIMIT 5`,
];

/** Both engines take these, word for word, and both read all rows into JavaScript. */
const SCANS = [
  'SELECT count(*), sum(total), min(status), max(customer_id) FROM orders',
  'SELECT status, count(*), sum(total) FROM orders GROUP BY status ORDER BY status',
  "SELECT count(*) FROM orders WHERE created_at >= TIMESTAMP '2026-11-22 12:00:00'",
  'SELECT id, customer_id, status, total FROM orders',
];

interface Bench {
  readonly warehouse: Warehouse;
  readonly catalog: Catalog;
  /** DuckDB by itself, with a plain view over the same files. */
  readonly plain: DuckDBConnection;
}

/** Measures both and prints medians and ratios. */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dp-bench-'));
  const spillFolder = join(folder, 'spill');
  const instance = await openDuckDB({ memoryMiB: 1024, spillFolder });
  const plain = await connectDuckDB(instance);
  const catalog = openLocalCatalog({ folder: join(folder, 'catalog') });
  const warehouse = openLocalWarehouse({ catalog, spillFolder, now: Date.now });
  try {
    await fillLake(folder, catalog, plain);
    const bench = { warehouse, catalog, plain };
    for (const sql of SMALL) await measureOverhead(sql, bench);
    for (const sql of SCANS) await measureScan(sql, bench);
  } finally {
    await warehouse[Symbol.asyncDispose]();
    plain.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true });
  }
}

async function fillLake(folder: string, catalog: Catalog, connection: DuckDBConnection): Promise<void> {
  await catalog.ensureDatabase('shop');
  const columns = [
    { name: 'id', type: 'bigint' },
    { name: 'customer_id', type: 'bigint' },
    { name: 'status', type: 'string' },
    { name: 'total', type: 'decimal(14,2)' },
    { name: 'created_at', type: 'timestamp' },
  ];
  await catalog.putTable({
    database: 'shop',
    name: 'orders',
    columns,
    partitionKeys: [{ name: 'dt', type: 'date' }],
    format: 'parquet',
    location: `${pathToFileURL(folder).href}/none/`,
    parameters: { 'dp.load': 'day' },
  });
  const files: string[] = [];
  for (let day = 0; day < DAYS; day++) {
    const date = `2026-11-2${day}`;
    const path = join(folder, `orders/run-1/dt=${date}`);
    await mkdir(path, { recursive: true });
    files.push(`${path}/part-00000.parquet`);
    await connection.run(
      `COPY (SELECT i AS id, i % 20000 AS customer_id, ['paid', 'pending', 'shipped'][1 + i % 3] AS status,
         CAST(i % 100000 / 100 AS DECIMAL(14,2)) AS total, TIMESTAMP '${date} 00:00:00' + to_milliseconds(i * 20) AS created_at
       FROM range(${ROWS / DAYS}) AS t(i)) TO ${literal(files.at(-1) ?? '')} (FORMAT parquet, COMPRESSION zstd)`,
    );
    const location = `${pathToFileURL(path).href}/`;
    await catalog.switchPartition(
      { database: 'shop', table: 'orders' },
      { values: [date], location, parameters: { 'dp.rows': String(ROWS / DAYS), 'dp.bytes': '1' } },
    );
  }
  await connection.run(
    `CREATE VIEW orders AS FROM read_parquet([${files.map(literal).join(', ')}], hive_partitioning = true)`,
  );
}

/** The dialect's part of a query: parsing, planning and a connection's settings; the catalog's files are read for both. */
async function measureOverhead(sql: string, { warehouse, catalog, plain }: Bench): Promise<void> {
  const lake = await readKnownLake([readStatement(sql, 'shop')], { catalog });
  const dialect: number[] = [];
  const whole: number[] = [];
  for (let round = 0; round < SMALL_ROUNDS; round++) {
    dialect.push(
      await timed(async () => {
        planStatement(readStatement(sql, 'shop'), { catalog: lake.catalog });
        await applyDialect(plain);
      }),
    );
    whole.push(await timed(async () => readAll(warehouse, sql)));
  }
  print(`dialect of ${sql}`, [
    `parse, plan, settings: ${median(dialect).toFixed(2)} ms`,
    `whole query: ${median(whole).toFixed(2)} ms`,
  ]);
}

async function measureScan(sql: string, { warehouse, plain }: Bench): Promise<void> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < SCAN_ROUNDS; round++) {
    theirs.push(await timed(() => readPlainly(plain, sql)));
    ours.push(await timed(() => readAll(warehouse, sql)));
  }
  const [mine, other] = [median(ours), median(theirs)];
  print(sql, [
    `dp: ${mine.toFixed(0)} ms`,
    `DuckDB's API: ${other.toFixed(0)} ms`,
    `ratio: ${(mine / other).toFixed(2)}`,
  ]);
}

async function readAll(warehouse: Warehouse, sql: string): Promise<number> {
  const result = await warehouse.run({ sql, database: 'shop' });
  let rows = 0;
  for await (const batch of result.batches()) rows += batch.length;
  return rows;
}

async function readPlainly(connection: DuckDBConnection, sql: string): Promise<number> {
  const result = await connection.stream(sql);
  const typeIds = Array.from({ length: result.columnCount }, (_, index) => result.columnTypeId(index));
  let rows = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return rows;
    rows += rowsOfChunk(chunk, typeIds).length;
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(what: string, figures: readonly string[]): void {
  console.log(`${what.replaceAll(/\s+/g, ' ').slice(0, 76).padEnd(78)}${figures.join('  ')}`);
}
