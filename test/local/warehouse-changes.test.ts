import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { openSmallLake, type SmallLake } from '../support/small-lake.ts';

/** Every file below the lake's own tables, drafts too. */
async function tableFiles(lake: SmallLake): Promise<string[]> {
  const folder = join(lake.folder, 'lake', 'tables');
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

test('a view is kept in the catalog, reads its own database and can be replaced and dropped', async (t) => {
  const lake = await openSmallLake(t);
  await lake.rows("CREATE VIEW paid AS SELECT id, total FROM orders WHERE status = 'paid'");
  assert.deepEqual(await lake.reopened().rows('SELECT * FROM shop.paid ORDER BY id', { database: 'other' }), [
    [1n, '10.50'],
    [3n, '7.00'],
  ]);
  assert.deepEqual(await lake.rows('SHOW VIEWS'), [['paid']]);
  assert.equal(
    (await lake.catalog.findTable({ database: 'shop', table: 'paid' }))?.parameters.presto_view,
    'true',
  );
  await assert.rejects(lake.rows('CREATE VIEW paid AS SELECT 1 AS n'), { code: 'catalog-refuses' });
  await assert.rejects(lake.rows('CREATE OR REPLACE VIEW orders AS SELECT 1 AS n'), /is a table/);
  await assert.rejects(lake.rows('DROP TABLE paid'), /is a view/);
  await lake.rows('CREATE VIEW ids AS SELECT id FROM paid');
  await lake.rows('CREATE OR REPLACE VIEW paid AS SELECT id FROM orders');
  assert.equal((await lake.rows('SELECT * FROM ids')).length, 3, 'a view of a view');
  await lake.rows('DROP VIEW paid');
  await lake.rows('DROP VIEW IF EXISTS paid');
  await assert.rejects(lake.rows('SELECT * FROM ids'), /shop\.paid' does not exist/);
});

test('a table made from a query has its rows, types and partitions, and the next process sees them', async (t) => {
  const lake = await openSmallLake(t);
  for (const format of ['PARQUET', 'TEXTFILE']) {
    const name = `kept_${format.toLowerCase()}`;
    const made = await lake.rows(
      `CREATE TABLE ${name} WITH (format = '${format}', partitioned_by = ARRAY['status']) AS
       SELECT id, total, NULLIF(CAST(id AS varchar), '2') AS text, created_at, dt, status || '/x y' AS status FROM orders`,
    );
    assert.deepEqual(made, [[3]]);
    assert.deepEqual(await lake.reopened().rows(`SELECT * FROM ${name} ORDER BY id`), [
      [1n, '10.50', '1', '2026-11-21 01:02:03.123', '2026-11-21', 'paid/x y'],
      [2n, '0.25', null, '2026-11-22 00:00:00.000', '2026-11-21', 'pending/x y'],
      [3n, '7.00', '3', '2026-11-22 00:00:00.000', '2026-11-22', 'paid/x y'],
    ]);
    assert.deepEqual(await lake.rows(`SHOW PARTITIONS ${name}`), [
      ['status=paid/x y'],
      ['status=pending/x y'],
    ]);
    const types = await lake.types(`SELECT * FROM ${name}`);
    assert.deepEqual(types, ['bigint', 'decimal(14,2)', 'varchar', 'timestamp(3)', 'date', 'varchar']);
    await assert.rejects(lake.rows(`CREATE TABLE ${name} AS SELECT 1 AS n`), /exists already/);
    await lake.rows(`CREATE TABLE IF NOT EXISTS ${name} AS SELECT 1 AS n`);
    await lake.rows(`DROP TABLE ${name}`);
    assert.deepEqual(await tableFiles(lake), [], 'files whose place dp chose go with the table');
  }
});

test('a table from a query that fails midway leaves no table and no file', async (t) => {
  const lake = await openSmallLake(t);
  const rows = 'SELECT 1 / (n - 9999) AS v, n % 3 AS k FROM UNNEST(sequence(0, 9999)) AS t (n)';
  for (const properties of ['', "WITH (partitioned_by = ARRAY['k'])"]) {
    await assert.rejects(lake.rows(`CREATE TABLE broken ${properties} AS ${rows}`), /Division by zero/);
    assert.equal(await lake.catalog.findTable({ database: 'shop', table: 'broken' }), undefined);
    assert.deepEqual(await tableFiles(lake), []);
  }
  await assert.rejects(
    lake.rows(`UNLOAD (${rows}) TO '${lake.uri}/out/' WITH (format = 'PARQUET')`),
    /Division by zero/,
  );
  assert.ok(!existsSync(join(lake.folder, 'out')));
});

test('a table takes timestamps of milliseconds only, as on Athena', async (t) => {
  const lake = await openSmallLake(t);
  await assert.rejects(lake.rows("CREATE TABLE t AS SELECT TIMESTAMP '2026-11-22 01:02:03.123456' AS at"), {
    code: 'query-invalid',
    message: /Incorrect timestamp precision for timestamp\(6\)/,
  });
  await lake.rows("CREATE TABLE t AS SELECT TIMESTAMP '2026-11-22 01:02:03.123' AS at");
  assert.deepEqual(await lake.rows('SELECT at FROM t'), [['2026-11-22 01:02:03.123']]);
});

test('INSERT adds rows and partitions, and one that fails adds nothing', async (t) => {
  const lake = await openSmallLake(t);
  await lake.rows(
    "CREATE TABLE own WITH (partitioned_by = ARRAY['dt']) AS SELECT id, status, dt FROM orders WHERE dt = DATE '2026-11-21'",
  );
  const added = await lake.rows(
    "INSERT INTO own (dt, id) VALUES (DATE '2026-11-21', 9), (DATE '2026-12-01', 10), (NULL, 11)",
  );
  assert.deepEqual(added, [[3]]);
  const expected = [
    [1n, 'paid', '2026-11-21'],
    [2n, 'pending', '2026-11-21'],
    [9n, null, '2026-11-21'],
    [10n, null, '2026-12-01'],
    [11n, null, null],
  ];
  assert.deepEqual(await lake.rows('SELECT * FROM own ORDER BY id'), expected);
  const files = await tableFiles(lake);
  await assert.rejects(
    lake.rows(
      "INSERT INTO own SELECT 1 / (n - 9999), 'x', DATE '2026-12-02' FROM UNNEST(sequence(0, 9999)) AS t (n)",
    ),
    /Division by zero/,
  );
  assert.deepEqual(await lake.rows('SELECT * FROM own ORDER BY id'), expected);
  assert.deepEqual((await tableFiles(lake)).sort(), files.sort());
  await assert.rejects(lake.rows("INSERT INTO own VALUES ('x', 1, 2)"), /mismatched column types/);
});

test('tables that dp etl publishes are written by nothing else', async (t) => {
  const lake = await openSmallLake(t);
  for (const sql of [
    "INSERT INTO orders SELECT * FROM orders WHERE dt = DATE '2026-11-21'",
    'DROP TABLE orders',
    "ALTER TABLE orders DROP PARTITION (dt = '2026-11-21')",
    "ALTER TABLE orders ADD PARTITION (dt = '2026-11-30')",
    'MSCK REPAIR TABLE orders',
    'DROP DATABASE shop CASCADE',
  ]) {
    await assert.rejects(lake.rows(sql), { code: 'table-is-published', message: /dp etl alone writes/ }, sql);
  }
  assert.deepEqual(await lake.rows('SELECT count(*) FROM orders'), [[3n]]);
  await assert.rejects(lake.rows('CREATE TABLE orders AS SELECT 1 AS n'), { code: 'catalog-refuses' });
});

test('an external table reads the files of its folder as Athena reads them', async (t) => {
  const lake = await openSmallLake(t);
  const folder = join(lake.folder, 'ext');
  await mkdir(join(folder, 'deep'), { recursive: true });
  await writeFile(join(folder, 'a.csv'), 'id;name;paid\n1;"x;y";10.5\n2;;\n');
  await writeFile(join(folder, 'deep', 'b.txt'), 'id;name;paid\n3;\\N;1\n');
  await writeFile(join(folder, '_SUCCESS'), 'not;a;row\n');
  await writeFile(join(folder, '.hidden'), 'not;a;row\n');
  await lake.rows(
    `CREATE EXTERNAL TABLE ext (id int, name string, paid decimal(6,2)) ROW FORMAT DELIMITED FIELDS TERMINATED BY ';'
     LOCATION '${lake.uri}/ext' TBLPROPERTIES ('skip.header.line.count' = '1')`,
  );
  assert.deepEqual(await lake.rows('SELECT * FROM ext ORDER BY id'), [
    [1, 'x;y', '10.50'],
    [2, '', null],
    [3, null, '1.00'],
  ]);
  await assert.rejects(lake.rows("INSERT INTO ext VALUES (1, 'a', DECIMAL '1.00')"), {
    code: 'query-not-supported-local',
  });
  await lake.rows('DROP TABLE ext');
  assert.ok(existsSync(join(folder, 'a.csv')), 'files that others made stay');
  await assert.rejects(
    lake.rows("CREATE EXTERNAL TABLE s3 (id int) STORED AS PARQUET LOCATION 's3://bucket/x/'"),
    { code: 'query-not-supported-local', message: /file:/ },
  );
});

test('partitions are found by MSCK REPAIR, added with a place of their own, and dropped', async (t) => {
  const lake = await openSmallLake(t);
  await lake.rows(`UNLOAD (SELECT id, CAST(dt AS varchar) AS day, status FROM orders)
    TO '${lake.uri}/parts/' WITH (format = 'PARQUET', partitioned_by = ARRAY['day', 'status'])`);
  await lake.rows(
    `CREATE EXTERNAL TABLE parts (id bigint) PARTITIONED BY (day date, status string) STORED AS PARQUET LOCATION '${lake.uri}/parts/'`,
  );
  assert.deepEqual(await lake.rows('SELECT * FROM parts'), [], 'none is known yet');
  assert.equal((await lake.rows('MSCK REPAIR TABLE parts')).length, 3);
  assert.deepEqual(await lake.rows('MSCK REPAIR TABLE parts'), []);
  assert.deepEqual(await lake.rows("SELECT * FROM parts WHERE day = DATE '2026-11-21' ORDER BY id"), [
    [1n, '2026-11-21', 'paid'],
    [2n, '2026-11-21', 'pending'],
  ]);
  await lake.rows(
    `ALTER TABLE parts ADD PARTITION (day = '2026-12-01', status = 'copied') LOCATION '${lake.uri}/parts/day=2026-11-22/status=paid/'`,
  );
  assert.deepEqual(await lake.rows("SELECT * FROM parts WHERE status = 'copied'"), [
    [3n, '2026-12-01', 'copied'],
  ]);
  await assert.rejects(
    lake.rows("ALTER TABLE parts ADD PARTITION (day = '2026-12-01', status = 'copied')"),
    /exists already/,
  );
  await lake.rows("ALTER TABLE parts DROP PARTITION (day = '2026-12-01', status = 'copied')");
  assert.equal((await lake.rows('SHOW PARTITIONS parts')).length, 3);
  await assert.rejects(
    lake.rows("ALTER TABLE parts DROP PARTITION (day = '2026-12-01', status = 'copied')"),
    /no partition/,
  );
});

test('UNLOAD fills a folder that is empty or missing, and no other', async (t) => {
  const lake = await openSmallLake(t);
  const unload = `UNLOAD (SELECT id FROM orders) TO '${lake.uri}/out/' WITH (format = 'PARQUET')`;
  assert.deepEqual(await lake.rows(unload), [[3]]);
  await assert.rejects(lake.rows(unload), /not empty/);
  await mkdir(join(lake.folder, 'empty'));
  await lake.rows(unload.replace('/out/', '/empty/'));
  assert.equal((await readdir(join(lake.folder, 'empty'))).length, 1);
  assert.deepEqual(
    (await readdir(lake.folder)).filter((name) => name.startsWith('.dp')),
    [],
  );
});

test('databases are made and dropped; one with tables needs CASCADE', async (t) => {
  const lake = await openSmallLake(t);
  await lake.rows('CREATE DATABASE mine');
  await lake.rows('CREATE DATABASE IF NOT EXISTS mine');
  await assert.rejects(lake.rows('CREATE DATABASE mine'), /exists already/);
  await lake.rows('CREATE TABLE mine.t AS SELECT 1 AS n');
  await lake.rows('CREATE VIEW mine.v AS SELECT n FROM t', { database: 'mine' });
  assert.deepEqual(await lake.rows('SELECT * FROM mine.v'), [[1]]);
  await assert.rejects(lake.rows('DROP DATABASE mine'), /has tables/);
  await lake.rows('DROP DATABASE mine CASCADE');
  assert.deepEqual(await lake.rows('SHOW DATABASES'), [['shop']]);
  await assert.rejects(lake.rows('CREATE TABLE mine.t AS SELECT 1 AS n'), /no database mine/);
  await assert.rejects(lake.rows('CREATE TABLE "bad-name" AS SELECT 1 AS n'), /cannot be a name/);
});
