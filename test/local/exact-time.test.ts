// A table's timestamps are rounded to milliseconds; conditions on them are put to what the files hold. Both say the same.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { openSmallLake, type SmallLake } from '../support/small-lake.ts';

const MICROS_AROUND = 1_600;

/** One row for each microsecond around some whole milliseconds, before 1970 too, and a NULL. */
async function addMoments(lake: SmallLake): Promise<void> {
  const folder = join(lake.folder, 'moments');
  await mkdir(folder);
  const instance = await DuckDBInstance.create(':memory:', {});
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT CAST(base + shift AS VARCHAR) AS micros, make_timestamp(base + shift) AS at
       FROM (VALUES (0), (1796000000000000), (-1500000000000000)) AS b(base), range(-${MICROS_AROUND}, ${MICROS_AROUND}) AS s(shift)
       UNION ALL SELECT NULL, NULL) TO '${folder}/part.parquet' (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
  await lake.rows(
    `CREATE EXTERNAL TABLE moments (micros string, at timestamp) STORED AS PARQUET LOCATION '${lake.uri}/moments/'`,
  );
}

const CONSTANTS = [
  "TIMESTAMP '1970-01-01 00:00:00'",
  "TIMESTAMP '1970-01-01 00:00:00.001'",
  "TIMESTAMP '1969-12-31 23:59:59.999'",
  "TIMESTAMP '2026-11-30 00:53:20'",
  "TIMESTAMP '2026-11-30 00:53:20.000600'",
  "TIMESTAMP '2026-11-30 00:53:20.0005'",
  "TIMESTAMP '1922-06-20 21:20:00.000'",
  "DATE '1970-01-01'",
];

test('every comparison of a timestamp in WHERE is that of its rounded value, to the microsecond', async (t) => {
  const lake = await openSmallLake(t);
  await addMoments(lake);
  const differing: string[] = [];
  const compare = async (condition: (column: string) => string): Promise<void> => {
    // An expression is not a column: the second condition is computed on the rounded values.
    const [quick, slow] = await Promise.all(
      ['m.at', "date_add('second', 0, m.at)"].map((column) =>
        lake.rows(
          `SELECT count(*), sum(CAST(micros AS bigint)), min(at), max(at) FROM moments m WHERE ${condition(column)}`,
        ),
      ),
    );
    if (JSON.stringify(quick, text) !== JSON.stringify(slow, text)) differing.push(condition('at'));
  };
  for (const constant of CONSTANTS) {
    for (const operator of ['=', '<>', '<', '<=', '>', '>=']) {
      await compare((column) => `${column} ${operator} ${constant}`);
      await compare((column) => `NOT (${constant} ${operator} ${column})`);
    }
    await compare((column) => `${column} BETWEEN ${constant} AND TIMESTAMP '2026-11-30 00:53:20.001'`);
    await compare((column) => `${column} NOT BETWEEN TIMESTAMP '1969-12-31 23:59:59.999' AND ${constant}`);
  }
  assert.deepEqual(differing, []);
});

const text = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);

test('the quick condition reaches a column by every road, and stays away where the column is grouped or made', async (t) => {
  const lake = await openSmallLake(t);
  for (const sql of [
    "SELECT id FROM orders WHERE created_at >= TIMESTAMP '2026-11-22 00:00:00' ORDER BY 1",
    "SELECT o.id FROM orders o WHERE TIMESTAMP '2026-11-22 00:00:00' <= o.created_at ORDER BY 1",
    "SELECT id FROM (SELECT * FROM orders) WHERE created_at >= TIMESTAMP '2026-11-22 00:00:00' ORDER BY 1",
    "SELECT id FROM orders AS o (id, a, b, c, dt) WHERE c >= DATE '2026-11-22' ORDER BY 1",
    "SELECT o.id FROM orders o LEFT JOIN orders p ON p.id = o.id WHERE p.created_at >= DATE '2026-11-22' ORDER BY 1",
    "SELECT DISTINCT id FROM orders JOIN (SELECT created_at FROM orders) USING (created_at) WHERE created_at >= DATE '2026-11-22' ORDER BY 1",
    `SELECT id FROM orders o WHERE EXISTS (SELECT 1 FROM orders p WHERE p.id = o.id AND o.created_at >= DATE '2026-11-22') ORDER BY 1`,
  ])
    assert.deepEqual(await lake.rows(sql), [[2n], [3n]], sql);
  assert.deepEqual(
    await lake.rows(
      `SELECT max(id), created_at >= DATE '2026-11-22' FROM orders
         GROUP BY created_at HAVING created_at >= DATE '2026-11-22'`,
    ),
    [[3n, true]],
  );
  await assert.rejects(lake.rows('SELECT "$exact created_at" FROM orders'), { code: 'query-invalid' });
});

test('a part of a file without a moment that is asked for is not read', async (t) => {
  const lake = await openSmallLake(t);
  const plan = await lake.rows(
    "EXPLAIN SELECT count(*) FROM orders WHERE created_at >= TIMESTAMP '2026-11-22 00:00:00'",
  );
  const words = plan.join('').replaceAll(/[│\s]+/g, '');
  assert.match(words, /Filters:created_at>='2026-11-2123:59:59.9995'/);
});
