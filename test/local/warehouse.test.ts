import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { openSmallLake } from '../support/small-lake.ts';

test('published tables answer with the types of their contract, in Athena’s words', async (t) => {
  const lake = await openSmallLake(t);
  assert.deepEqual(await lake.types('SELECT * FROM orders'), [
    'bigint',
    'varchar',
    'decimal(14,2)',
    'timestamp(3)',
    'date',
  ]);
  assert.deepEqual(await lake.rows('SELECT * FROM orders WHERE id = 3'), [
    [3n, 'paid', '7.00', '2026-11-22 00:00:00.000', '2026-11-22'],
  ]);
});

test('a timestamp of a table has milliseconds, rounded, whatever the file holds', async (t) => {
  const lake = await openSmallLake(t);
  assert.deepEqual(
    await lake.rows("SELECT created_at FROM orders WHERE dt = DATE '2026-11-21' ORDER BY id"),
    [['2026-11-21 01:02:03.123'], ['2026-11-22 00:00:00.000']],
  );
});

test('a truncated NULL is compared as NULL, also with a moment that truncating never gives', async (t) => {
  const lake = await openSmallLake(t);
  const quarter = "date_trunc('quarter', at)";
  for (const [compared, known] of [
    [`${quarter} <> DATE '2023-12-31'`, true],
    [`${quarter} = TIMESTAMP '2023-12-31 00:00:00'`, false],
    [`NOT ${quarter} = DATE '2023-12-31'`, true],
  ] as const) {
    const moments = "(VALUES (1, TIMESTAMP '2023-05-01 00:00:00'), (2, NULL)) AS v (id, at)";
    assert.deepEqual(
      await lake.rows(`SELECT ${compared} FROM ${moments} ORDER BY id`),
      [[known], [null]],
      compared,
    );
  }
});

test('what Athena refuses is refused, with the place', async (t) => {
  const lake = await openSmallLake(t);
  for (const [sql, words] of [
    ["SELECT id FROM orders WHERE dt = '2026-11-21'", /line 1, column 32: .*date = varchar/s],
    ['SELECT status AS s, count(*) FROM orders GROUP BY s', /line 1, column 51/],
    ['SELECT id FROM orders WHERE\n  nonsense = 1', /line 2, column 3/],
    ['SELECT * EXCLUDE (id) FROM orders', /line 1, column/],
    ['FROM orders', /line 1, column 1/],
    ['SELECT 1; SELECT 2', /only one statement/],
  ] as const) {
    await assert.rejects(lake.rows(sql), { name: 'Failure', code: 'query-invalid', message: words }, sql);
  }
});

test('an error in the data is Athena’s, without the generated SQL', async (t) => {
  const lake = await openSmallLake(t);
  await assert.rejects(lake.rows('SELECT id / (id - 1) FROM orders'), {
    code: 'query-failed',
    message: 'The query failed: Division by zero',
  });
  await assert.rejects(lake.rows("SELECT CAST('x' AS integer)"), { code: 'query-failed' });
});

test('"$path" names the file of a row as a URI that can be opened', async (t) => {
  const lake = await openSmallLake(t);
  const [[path] = []] = await lake.rows('SELECT "$path" FROM orders WHERE id = 3');
  assert.match(String(path), /^file:\/\/\/.*\/dt=2026-11-22\/part-00000\.parquet$/);
  assert.equal(
    readFileSync(fileURLToPath(String(path)))
      .subarray(0, 4)
      .toString(),
    'PAR1',
  );
});

test('"orders$partitions" and information_schema are tables', async (t) => {
  const lake = await openSmallLake(t);
  assert.deepEqual(
    await lake.rows('SELECT dt, dt + INTERVAL \'1\' DAY FROM "orders$partitions" ORDER BY dt'),
    [
      ['2026-11-21', '2026-11-22'],
      ['2026-11-22', '2026-11-23'],
    ],
  );
  assert.deepEqual(
    await lake.rows(
      "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'shop' ORDER BY ordinal_position",
    ),
    [
      ['id', 'bigint'],
      ['status', 'varchar'],
      ['total', 'decimal(14,2)'],
      ['created_at', 'timestamp(3)'],
      ['dt', 'date'],
    ],
  );
});

test('SHOW and DESCRIBE answer as Athena does', async (t) => {
  const lake = await openSmallLake(t);
  assert.deepEqual(await lake.rows('SHOW DATABASES'), [['shop']]);
  assert.deepEqual(await lake.rows('SHOW TABLES'), [['orders']]);
  assert.deepEqual(await lake.rows('SHOW PARTITIONS orders'), [['dt=2026-11-21'], ['dt=2026-11-22']]);
  assert.deepEqual((await lake.rows('DESCRIBE orders'))[0], ['id', 'bigint', 'The key.']);
  assert.match((await lake.rows('SHOW CREATE TABLE orders')).join('\n'), /PARTITIONED BY \(\n.*`dt` date\)/);
  await assert.rejects(lake.rows('SHOW TABLES IN nowhere'), /Schema 'nowhere' does not exist/);
});

test('EXPLAIN shows a plan and reads nothing', async (t) => {
  const lake = await openSmallLake(t);
  const result = await lake.warehouse.run({ sql: 'EXPLAIN SELECT * FROM orders', database: 'shop' });
  assert.deepEqual(result.columns, [{ name: 'Query Plan', type: 'varchar' }]);
  const lines = [];
  for await (const batch of result.batches()) lines.push(...batch);
  assert.match(lines.join('\n'), /PARQUET/);
  assert.equal(result.stats().scannedBytes, 0);
});

test('values for markers are SQL and keep their types', async (t) => {
  const lake = await openSmallLake(t);
  const sql = 'SELECT id FROM orders WHERE dt = ? AND status = ?';
  assert.deepEqual(await lake.rows(sql, { parameters: ["DATE '2026-11-21'", "'paid'"] }), [[1n]]);
  await assert.rejects(lake.rows(sql, { parameters: ["'2026-11-21'", "'paid'"] }), { code: 'query-invalid' });
});

test('a prepared statement is known to the next process, until it is deallocated', async (t) => {
  const lake = await openSmallLake(t);
  await lake.rows('PREPARE Of_Status FROM SELECT count(*) FROM orders WHERE status = ?');
  const next = lake.reopened();
  assert.deepEqual(await next.rows("EXECUTE of_status USING 'paid'"), [[2n]]);
  await next.rows('DEALLOCATE PREPARE of_status');
  await assert.rejects(lake.rows("EXECUTE of_status USING 'paid'"), { code: 'prepared-statement-missing' });
  await assert.rejects(lake.rows('DEALLOCATE PREPARE of_status'), { code: 'prepared-statement-missing' });
});

test('values of every kind are exact, and nest', async (t) => {
  const lake = await openSmallLake(t);
  const sql = `SELECT CAST(0.1 AS REAL), 12345678901234567890.5, X'00ff', ARRAY[DATE '2026-01-01', NULL],
    MAP(ARRAY['a'], ARRAY[1]), CAST(ROW(1, 'b') AS ROW(x INTEGER, y VARCHAR)), TIMESTAMP '2026-01-01 00:00:00 UTC', NULL`;
  assert.deepEqual(await lake.rows(sql), [
    [
      0.1,
      '12345678901234567890.5',
      Buffer.from([0, 255]),
      ['2026-01-01', null],
      { a: 1 },
      { x: 1, y: 'b' },
      '2026-01-01 00:00:00 UTC',
      null,
    ],
  ]);
});

test('a failure in the last of many rows is not taken for the end of the result', async (t) => {
  const lake = await openSmallLake(t);
  const sql =
    'SELECT 1 / (b.j * 1000 + a.i - 999999) FROM UNNEST(sequence(0, 999)) AS a (i) CROSS JOIN UNNEST(sequence(0, 999)) AS b (j)';
  await assert.rejects(lake.rows(sql), /Division by zero/);
});

test('a Parquet file of a result holds its rows', async (t) => {
  const lake = await openSmallLake(t);
  const path = join(lake.folder, 'out.parquet');
  const stats = await lake.warehouse.writeParquet({ sql: 'SELECT id FROM orders;', database: 'shop' }, path);
  assert.equal(stats.rows, 3);
  assert.equal(readFileSync(path).subarray(0, 4).toString(), 'PAR1');
  await assert.rejects(lake.warehouse.writeParquet({ sql: 'SHOW TABLES', database: 'shop' }, path), {
    code: 'query-invalid',
  });
});

test('a plan says which tables a statement reads, through views too, and which partitions', async (t) => {
  const lake = await openSmallLake(t);
  const plan = async (sql: string) => lake.warehouse.plan?.({ sql, database: 'shop' });
  const [read] = (await plan("SELECT * FROM orders WHERE dt = DATE '2026-11-22'"))?.reads ?? [];
  assert.deepEqual(
    ['2026-11-21', '2026-11-22'].map((dt) => read?.reads?.({ dt })),
    [false, true],
  );
  await lake.rows('CREATE VIEW paid AS SELECT id FROM orders');
  assert.deepEqual(
    (await plan('SELECT * FROM paid'))?.reads.map(({ table, reads }) => [table, reads]),
    [['orders', undefined]],
  );
  await assert.rejects(plan('SELECT nothing FROM orders'), { code: 'query-invalid' });
});
