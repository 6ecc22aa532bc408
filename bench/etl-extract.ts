// One million order_items from the database to checked zstd Parquet, against the quickest way that exists:
// `mariadb --batch --quick` into a file, DuckDB's CSV reader, COPY (which takes NULL for the text NULL).
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { connectDuckDB, literal, openDuckDB } from '../src/local/duckdb.ts';
import type { DatabaseAccess, SqlSession } from '../src/platform/database.ts';
import { DAY, migrateTestShop } from '../test/support/etl-platform.ts';
import { openShopServer, type ShopServer } from '../test/support/shop-server.ts';

export const name = 'etl-extract';

/** What the server of `local` has: a day fits, as it does on a database that serves a shop. */
export const POOL_MEGABYTES = 256;

const ROUNDS = 3;
/** One round is enough where memory is the question. */
const ITEMS_MEASURED_ONCE = 2_000_000;
const WINDOW = { from: '2026-11-20 15:00:00', to: '2026-11-21 15:00:00' };

interface Figures {
  readonly items: number;
  readonly baselineMs: number;
  /** From the snapshot to written files read again and all checks passed. */
  readonly checkedMs: number;
  /** Until the database's own checksums are compared too. */
  readonly verifiedMs: number;
  readonly rssMegabytes: number;
}

/** Measures at both sizes and prints a table. Needs the `mariadb` client for the baseline. */
export async function run(sizes: readonly number[] = [1_000_000, 5_000_000]): Promise<void> {
  const server = await openShopServer(POOL_MEGABYTES);
  const figures: Figures[] = [];
  try {
    if (!hasClient(server))
      return console.log('NOT RUN: there is no mariadb client to compare with (mariadb-client-core).');
    for (const items of sizes) {
      await fillDay(server, items);
      figures.push(await measure(server, items));
      print(figures.slice(-1));
    }
  } finally {
    await server.stop();
  }
}

/** One day with so many items, three to an order. Only the day matters, so the rows are plain. */
export async function fillDay(server: ShopServer, items: number): Promise<void> {
  await using session = await server.database.connect('admin');
  await migrateTestShop(session);
  const orders = Math.ceil(items / 3);
  // Orders come in one after the other over the day, as ids do.
  const microsBetween = Math.floor(86_400_000_000 / orders);
  const run = (sql: string): ReturnType<SqlSession['query']> => session.query(sql);
  await run('SET foreign_key_checks = 0, unique_checks = 0');
  for (const table of ['order_items', 'orders', 'products', 'customers']) await run(`TRUNCATE ${table}`);
  await run(`INSERT INTO customers (id, name, created_at, updated_at)
    SELECT seq, CONCAT('customer ', seq), '${WINDOW.from}', '${WINDOW.from}' FROM seq_1_to_20000`);
  await run(`INSERT INTO products (id, sku, name, category, price, created_at, updated_at)
    SELECT seq, CONCAT('sku-', seq), CONCAT('product ', seq), 'any', seq, '${WINDOW.from}', '${WINDOW.from}' FROM seq_1_to_2000`);
  await run(`INSERT INTO order_items (id, order_id, line_number, product_id, quantity, unit_price, line_amount, created_at, updated_at)
    SELECT seq, (seq - 1) DIV 3 + 1, (seq - 1) MOD 3 + 1, 1 + FLOOR(RAND(seq) * RAND(seq + 1) * 2000), 1 + seq MOD 4,
      ROUND(RAND(seq + 5) * 9000, 2), (1 + seq MOD 4) * ROUND(RAND(seq + 5) * 9000, 2),
      TIMESTAMPADD(MICROSECOND, ((seq - 1) DIV 3) * ${microsBetween}, '${WINDOW.from}'), '${WINDOW.to}'
    FROM seq_1_to_${items}`);
  await run(`INSERT INTO orders (id, customer_id, status, total_amount, note, created_at, updated_at)
    SELECT seq, 1 + FLOOR(RAND(seq) * 20000), ELT(1 + FLOOR(RAND(seq + 7) * 4), 'paid', 'shipped', 'delivered', 'cancelled'), 0,
      IF(seq MOD 10 = 0, CONCAT('note ', seq), NULL),
      TIMESTAMPADD(MICROSECOND, (seq - 1) * ${microsBetween}, '${WINDOW.from}'), '${WINDOW.to}'
    FROM seq_1_to_${orders}`);
  await run(`UPDATE orders o JOIN (SELECT order_id, SUM(line_amount) amount FROM order_items GROUP BY order_id) i
    ON i.order_id = o.id SET o.total_amount = i.amount`);
  await run('ANALYZE TABLE orders, order_items');
}

async function measure(server: ShopServer, items: number): Promise<Figures> {
  const access = await server.database.access('etl_reader');
  const rounds: Omit<Figures, 'items'>[] = [];
  const count = items > ITEMS_MEASURED_ONCE ? 1 : ROUNDS;
  for (let round = 0; round < count; round++) {
    const baselineMs = await baseline(server, access);
    rounds.push({ baselineMs, ...(await own(server)) });
  }
  const best = (of: (one: Omit<Figures, 'items'>) => number): number => Math.min(...rounds.map(of));
  return {
    items,
    baselineMs: best((one) => one.baselineMs),
    checkedMs: best((one) => one.checkedMs),
    verifiedMs: best((one) => one.verifiedMs),
    rssMegabytes: Math.max(...rounds.map((one) => one.rssMegabytes)),
  };
}

const COLUMNS =
  'i.id, i.order_id, i.line_number, i.product_id, i.quantity, i.unit_price, i.line_amount, i.created_at, i.updated_at';
const CASTS = `CAST(id AS BIGINT) AS id, CAST(order_id AS BIGINT) AS order_id, CAST(line_number AS INTEGER) AS line_number,
  CAST(product_id AS BIGINT) AS product_id, CAST(quantity AS INTEGER) AS quantity, CAST(unit_price AS DECIMAL(14,2)) AS unit_price,
  CAST(line_amount AS DECIMAL(14,2)) AS line_amount, CAST(created_at AS TIMESTAMP) AS created_at, CAST(updated_at AS TIMESTAMP) AS updated_at`;

async function baseline(server: ShopServer, access: DatabaseAccess): Promise<number> {
  const folder = join(server.projectRoot, 'baseline');
  await mkdir(folder, { recursive: true });
  const tsv = join(folder, 'items.tsv');
  const sql = `SELECT ${COLUMNS} FROM order_items i JOIN orders o ON o.id = i.order_id WHERE o.created_at >= '${WINDOW.from}' AND o.created_at < '${WINDOW.to}'`;
  const started = performance.now();
  const client = `"$CLIENT" --no-defaults --socket="$SOCKET" --user="$LOGIN" --batch --quick "$DATABASE" -e "$SQL" > "$OUT"`;
  execFileSync('sh', ['-c', client], {
    env: {
      ...process.env,
      CLIENT: mariadbClient(server),
      SOCKET: access.socketPath,
      LOGIN: access.user,
      MYSQL_PWD: access.password,
      DATABASE: access.database,
      SQL: sql,
      OUT: tsv,
    },
  });
  const instance = await openDuckDB({ memoryMiB: 1024, spillFolder: join(folder, 'spill') });
  const connection = await connectDuckDB(instance);
  await connection.run(
    `COPY (SELECT ${CASTS} FROM read_csv(${literal(tsv)}, delim = '\t', header = true, all_varchar = true, quote = '', escape = '', nullstr = 'NULL')) TO ${literal(join(folder, 'items.parquet'))} (FORMAT parquet, COMPRESSION zstd)`,
  );
  const tookMs = performance.now() - started;
  connection.closeSync();
  instance.closeSync();
  await rm(folder, { recursive: true, force: true });
  return tookMs;
}

/** In a process of its own: peak memory is a process's, and a cold start is what an operator has. */
async function own(server: ShopServer): Promise<Omit<Figures, 'items' | 'baselineMs'>> {
  const folder = join(server.projectRoot, 'own');
  await rm(folder, { recursive: true, force: true });
  const child = spawn(process.execPath, [join(import.meta.dirname, 'support', 'etl-extract-run.ts')], {
    env: {
      ...server.environmentVariables,
      ETL_PROJECT: server.projectRoot,
      ETL_FOLDER: folder,
      ETL_DAY: DAY,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const piece of child.stdout) text += piece;
  return JSON.parse(text) as Omit<Figures, 'items' | 'baselineMs'>;
}

function mariadbClient({ environmentVariables }: ShopServer): string {
  const beside = join(dirname(dirname(environmentVariables.DP_MYSQLD ?? '')), 'bin', 'mariadb');
  return existsSync(beside) ? beside : 'mariadb';
}

function hasClient(server: ShopServer): boolean {
  return spawnSync(mariadbClient(server), ['--version'], { stdio: 'ignore' }).status === 0;
}

function print(figures: readonly Figures[]): void {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
  console.table(
    figures.map((one) => ({
      items: one.items,
      'mariadb + read_csv': seconds(one.baselineMs),
      'dp, checked': seconds(one.checkedMs),
      'ratio (bar 1.25)': (one.checkedMs / one.baselineMs).toFixed(2),
      'dp, verified': seconds(one.verifiedMs),
      'verified ratio': (one.verifiedMs / one.baselineMs).toFixed(2),
      'peak RSS (bar 400 MB)': `${one.rssMegabytes} MB`,
    })),
  );
}

if (process.argv[1] === import.meta.filename) {
  await run(process.argv.slice(2).length > 0 ? process.argv.slice(2).map(Number) : undefined);
}
