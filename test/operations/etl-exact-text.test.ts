import assert from 'node:assert/strict';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { connectDuckDB, literal, openDuckDB } from '../../src/local/duckdb.ts';
import { openLocalWarehouse } from '../../src/local/warehouse.ts';
import { runEtl } from '../../src/operations/run-etl.ts';
import { createRandom } from '../../src/std/random.ts';
import { LAKE_DATABASE, migrateTestShop, openEtlPlatform, runOf } from '../support/etl-platform.ts';
import { sharedShopServer } from '../support/shop-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DAY = '2026-11-21';
const AT = '2026-11-21 01:02:03';
const COLUMNS = ['id', 'channel', 'payment_method', 'total_amount', 'note', 'created_at'];
const server = sharedShopServer();

/** What breaks naive text formats, one by one and in every neighbourhood. */
const PIECES = [
  '',
  ' ',
  'a',
  'NULL',
  '\\N',
  '~',
  '~N',
  '~0',
  '~1',
  '~3',
  '|',
  '||',
  '\t',
  '\n',
  '\r',
  '\r\n',
  '\0',
  '"',
  '""',
  "'",
  "''",
  '\\',
  '\\n',
  '\\\\',
  ',',
  ';',
  '#',
  '-- x',
  '/*',
  '\u{1F600}',
  '𠮷野家',
  'が',
  'か\u3099',
  'é',
  '\uFEFF',
  '\u2028',
  '\u200B',
  '\u0001',
  '\u007F',
  '…',
  '0',
  '-0.00',
  '1e5',
  'NaN',
  '2026-11-21',
  '日本語のメモ',
]; // prettier-ignore

test('texts, decimals, times and NULLs arrive exactly as the database holds them', async (t) => {
  const seed = Date.now() % 1_000_000;
  const random = createRandom(seed, 'text');
  const { database } = await server();
  await using session = await database.connect('admin');
  await migrateTestShop(session);
  await session.query('SET SESSION foreign_key_checks = 0');
  await session.query(
    `INSERT INTO customers (id, name, created_at, updated_at) VALUES (1, 'x', '${AT}', '${AT}')`,
  );
  const notes: (string | null)[] = [null, ...PIECES];
  for (let count = 0; count < 300; count++) {
    notes.push(
      Array.from({ length: 1 + random.below(5) }, () => PIECES[random.below(PIECES.length)]).join(''),
    );
  }
  notes.push('x'.repeat(999), '𠮷'.repeat(1000), '~|\n'.repeat(333));
  const amounts = ['0.00', '-0.01', '0.005', '999999999999.99', '-999999999999.99', '123456.70'];
  const micros = ['000000', '000001', '100000', '999999', '500000'];
  for (const [index, note] of notes.entries()) {
    const createdAt = `${AT}.${micros[index % micros.length]}`;
    const amount = amounts[index % amounts.length] ?? '0';
    await session.query(
      'INSERT INTO orders (id, customer_id, status, channel, payment_method, total_amount, note, created_at, updated_at) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?)',
      [
        index + 1,
        'paid',
        (note ?? '').slice(0, 8),
        index % 3 === 0 ? null : '',
        amount,
        note,
        createdAt,
        createdAt,
      ],
    );
  }
  const folder = await temporaryFolder(t);
  const deps = await openEtlPlatform({ database, folder });
  // These orders have no items: their totals break a rule, which is not the point here.
  const run = await runEtl(runOf(DAY, { force: true }), deps);
  assert.equal(run.end, 'ok', `seed ${seed}: ${JSON.stringify(run.days[0]?.error)}`);

  // Compared as bytes: what decodes them on the way to this test must not decide.
  const source = await session.query(
    `SELECT ${COLUMNS.map((column) => `HEX(CAST(${column} AS CHAR))`).join(', ')} FROM orders ORDER BY id`,
  );
  const texts = COLUMNS.map((column) => {
    const text =
      column === 'created_at' ? `strftime(${column}, '%Y-%m-%d %H:%M:%S.%f')` : `CAST(${column} AS VARCHAR)`;
    return `hex(encode(${text}))`;
  });
  // The file itself is asked: a query of the lake shows milliseconds of a time, as Athena does.
  const [partition] = await deps.catalog.listPartitions({ database: LAKE_DATABASE, table: 'orders' });
  const files = `${fileURLToPath(partition?.location ?? '')}*.parquet`;
  const instance = await openDuckDB({ memoryMiB: 512, spillFolder: `${folder}/query` });
  t.after(() => instance.closeSync());
  const connection = await connectDuckDB(instance);
  const read = await connection.runAndReadAll(
    `SELECT ${texts.join(', ')} FROM read_parquet(${literal(files)}) ORDER BY id`,
  );
  connection.closeSync();
  const lake = read.getRows();
  assert.equal(lake.length, notes.length);
  for (const [index, row] of source.rows.entries()) {
    for (const [at, column] of COLUMNS.entries()) {
      const about = `seed ${seed}: ${column} of order ${index + 1}, note ${JSON.stringify(notes[index])}`;
      assert.equal(lake[index]?.[at], row[at], about);
    }
  }
});

test('a table can be kept as CSV, and still keeps NULL apart from an empty text', async (t) => {
  const { database } = await server();
  const folder = await temporaryFolder(t);
  const deps = await openEtlPlatform({ database, folder });
  const tables = deps.tables.map((table) =>
    table.contract.table === 'orders'
      ? { ...table, contract: { ...table.contract, format: 'csv' as const } }
      : table,
  );
  const run = await runEtl(runOf(DAY, { force: true }), { ...deps, tables });
  assert.equal(run.end, 'ok', JSON.stringify(run.days[0]?.error));
  const keys = (await deps.lake.list('lake/orders/')).map(({ key }) => key);
  assert.ok(keys.length === 1 && keys[0]?.endsWith('part-00000.csv'));
  await using warehouse = openLocalWarehouse({
    catalog: deps.catalog,
    spillFolder: `${folder}/query`,
    now: Date.now,
  });
  const sql =
    "SELECT count(*) FILTER (WHERE payment_method IS NULL), count(*) FILTER (WHERE payment_method = '') FROM orders";
  const result = await warehouse.run({ sql, database: LAKE_DATABASE });
  const counts: unknown[] = [];
  for await (const batch of result.batches()) counts.push(...(batch[0] ?? []));
  assert.ok(
    counts.length === 2 && counts.every((count) => Number(count) > 50),
    JSON.stringify(counts.map(String)),
  );
});
