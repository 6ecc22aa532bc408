import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { type Plan, planStatement, type StatementInput } from '../../src/athena/plan-statement.ts';
import { readStatement } from '../../src/athena/statement-needs.ts';
import { openSampleLake } from './sample-lake.ts';

const lake = await openSampleLake();
after(() => lake[Symbol.asyncDispose]());

function plan(sql: string, more: Omit<StatementInput, 'catalog'> = {}): Plan {
  return planStatement(readStatement(sql, 'shop'), { catalog: lake.catalog, ...more });
}

function rowsOf(sql: string): readonly (readonly string[])[] {
  const planned = plan(sql);
  assert.equal(planned.kind, 'rows');
  return planned.kind === 'rows' ? planned.rows : [];
}

test('SHOW and DESCRIBE answer from the catalog alone', () => {
  assert.deepEqual(rowsOf("SHOW TABLES IN shop 'ord*|cust*'"), [['customers'], ['orders']]);
  assert.deepEqual(rowsOf("SHOW TABLES LIKE 'ord%'"), [['orders']]);
  assert.deepEqual(rowsOf('SHOW PARTITIONS orders')[0], ['dt=2024-01-05/region=jp']);
  assert.deepEqual(rowsOf('DESCRIBE customers')[0], ['customer_id', 'bigint', '']);
  assert.match(
    rowsOf('SHOW CREATE TABLE orders').join('\n'),
    /PARTITIONED BY \(\n {2}`dt` string, \n {2}`region` string\)/,
  );
});

test("names stand between backquotes where Athena reads Hive's grammar, and nowhere else", () => {
  const written = rowsOf('SHOW CREATE TABLE `lake`.`daily_sales`').join('\n');
  assert.match(written, /`product_id` bigint/);
  const external = plan(
    "CREATE EXTERNAL TABLE `again` (`order` bigint, `name` string) STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat' OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat' LOCATION 'file:///tmp/again/'",
  );
  assert.ok(external.kind === 'create-external-table');
  assert.equal(external.format, 'parquet');
  assert.deepEqual(
    external.hiveColumns.map(({ name }) => name),
    ['order', 'name'],
  );
  assert.throws(() => plan('CREATE TABLE `again` AS SELECT 1 AS a'), /backquoted identifiers/);
});

test("a pattern after LIKE is in Trino's signs or in Hive's", () => {
  assert.deepEqual(rowsOf("SHOW DATABASES LIKE 's*'"), [['shop']]);
  assert.deepEqual(rowsOf("SHOW TABLES IN lake LIKE '*sales|prod*'"), [['daily_sales'], ['products']]);
});

test('statements that local cannot carry out are refused by their names', () => {
  assert.throws(() => plan('DELETE FROM scratch'), /not supported in local: DELETE/);
  assert.throws(() => plan('INSERT OVERWRITE scratch SELECT 1'), /found 'OVERWRITE' where 'INTO' belongs/);
});

test('a statement says which tables it needs, before anything is known of them', () => {
  const parsed = readStatement('WITH a AS (SELECT 1) SELECT * FROM a, Other.T1, "orders$partitions"', 'shop');
  assert.deepEqual(
    parsed.tables.map(({ database, table }) => `${database}.${table}`),
    ['shop.a', 'other.t1', 'shop.orders'],
  );
  assert.equal(parsed.wholeCatalog, false);
  assert.equal(readStatement('SELECT * FROM information_schema.tables', 'shop').wholeCatalog, true);
});

test('a prepared statement runs with its values in place of the markers', async () => {
  const prepared = plan(
    'PREPARE by_status FROM SELECT count(*) FROM orders WHERE status = ? AND order_id > ?',
  );
  assert.ok(prepared.kind === 'prepare');
  const known = new Map([[prepared.name, prepared.sql]]);
  const planned = plan("EXECUTE by_status USING 'paid', 2 - 1", { prepared: known });
  assert.ok(planned.kind === 'select');
  const result = await lake.connection.runAndReadAll(planned.duckdbSql);
  assert.deepEqual(result.getRows(), [[2n]]);
});

test('values for markers keep their types', () => {
  const sql = 'SELECT count(*) FROM orders WHERE created_at >= ?';
  assert.ok(plan(sql, { parameters: ["TIMESTAMP '2024-02-01 00:00:00'"] }).kind === 'select');
  assert.throws(
    () => plan(sql, { parameters: ["'2024-02-01'"] }),
    /Cannot apply operator: timestamp\(3\) >= varchar/,
  );
});

test("an external table is read in Hive's grammar", () => {
  const planned = plan(
    "CREATE EXTERNAL TABLE IF NOT EXISTS ext (id bigint COMMENT 'key', tags array<string>, at timestamp) " +
      "PARTITIONED BY (dt string) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' " +
      "LOCATION 'file:///tmp/ext' TBLPROPERTIES ('skip.header.line.count'='1')",
  );
  assert.deepEqual(planned, {
    kind: 'create-external-table',
    target: { database: 'shop', table: 'ext' },
    ifNotExists: true,
    hiveColumns: [
      { name: 'id', type: 'bigint', comment: 'key' },
      { name: 'tags', type: 'array<string>' },
      { name: 'at', type: 'timestamp' },
    ],
    partitionKeys: [{ name: 'dt', type: 'string' }],
    format: 'csv',
    location: 'file:///tmp/ext/',
    properties: { 'skip.header.line.count': '1' },
  });
});

test('CREATE TABLE AS says what files to write', () => {
  const planned = plan(
    "CREATE TABLE made WITH (format = 'PARQUET', external_location = 'file:///tmp/made/', partitioned_by = ARRAY['region']) " +
      'AS SELECT order_id, total, tags, region FROM orders',
  );
  assert.ok(planned.kind === 'create-table-as');
  assert.deepEqual(planned.query.hiveColumns, [
    { name: 'order_id', type: 'bigint' },
    { name: 'total', type: 'decimal(10,2)' },
    { name: 'tags', type: 'array<string>' },
  ]);
  assert.deepEqual(planned.query.partitionKeys, [{ name: 'region', type: 'string' }]);
  assert.throws(
    () =>
      plan(
        "CREATE TABLE made WITH (partitioned_by = ARRAY['region']) AS SELECT region, order_id FROM orders",
      ),
    /must be the last columns/,
  );
  assert.throws(
    () => plan('CREATE TABLE made AS SELECT now() AS n'),
    /Unsupported Hive type: timestamp\(3\) with time zone/,
  );
});

test("INSERT turns the rows into the table's types, or refuses", () => {
  const planned = plan("INSERT INTO scratch (status, order_id) SELECT 'x', 1");
  assert.ok(planned.kind === 'insert');
  assert.deepEqual(planned.query.columns, [
    { name: 'order_id', type: 'bigint' },
    { name: 'status', type: 'varchar' },
  ]);
  assert.throws(() => plan("INSERT INTO scratch SELECT 'x', 'y'"), /mismatched column types/);
});

test('partitions are added and dropped by their keys, in any order', () => {
  const planned = plan(
    "ALTER TABLE orders ADD IF NOT EXISTS PARTITION (region='jp', dt='2024-03-01') LOCATION 'file:///tmp/p' PARTITION (dt='2024-03-02', region='eu')",
  );
  assert.deepEqual(planned, {
    kind: 'add-partitions',
    target: { database: 'shop', table: 'orders' },
    ifNotExists: true,
    partitions: [
      { values: ['2024-03-01', 'jp'], location: 'file:///tmp/p/' },
      { values: ['2024-03-02', 'eu'] },
    ],
  });
  assert.throws(
    () => plan("ALTER TABLE orders DROP PARTITION (dt='2024-03-01')"),
    /the partition keys of orders are \(dt, region\)/,
  );
});

test('other statements that change things are planned as orders', () => {
  assert.deepEqual(plan('MSCK REPAIR TABLE orders'), {
    kind: 'repair-table',
    target: { database: 'shop', table: 'orders' },
  });
  assert.deepEqual(plan('DROP TABLE IF EXISTS nope'), {
    kind: 'drop-table',
    target: { database: 'shop', table: 'nope' },
    ifExists: true,
  });
  assert.deepEqual(plan('DROP VIEW v'), {
    kind: 'drop-view',
    target: { database: 'shop', table: 'v' },
    ifExists: false,
  });
  assert.deepEqual(plan("CREATE DATABASE IF NOT EXISTS d LOCATION 'file:///tmp/d/'"), {
    kind: 'create-database',
    database: 'd',
    ifNotExists: true,
    location: 'file:///tmp/d/',
  });
  const unload = plan(
    "UNLOAD (SELECT order_id FROM orders) TO 'file:///tmp/u/' WITH (format = 'CSV', compression = 'NONE')",
  );
  assert.ok(
    unload.kind === 'unload' && unload.query.format === 'csv' && unload.query.compression === 'uncompressed',
  );
});

test('a view stands for its query, in the database it was made in', async () => {
  const created = plan('CREATE VIEW by_region AS SELECT region, count(*) AS n FROM orders GROUP BY region');
  assert.ok(created.kind === 'create-view');
  assert.deepEqual(created.hiveColumns, [
    { name: 'region', type: 'string' },
    { name: 'n', type: 'bigint' },
  ]);
  const view = { database: 'shop', name: 'by_region', columns: [], viewSql: created.sql };
  const catalog = { databases: ['shop', 'other'], tables: [...lake.catalog.tables, view] };
  const planned = planStatement(readStatement("SELECT n FROM shop.by_region WHERE region = 'jp'", 'other'), {
    catalog,
  });
  assert.ok(planned.kind === 'select');
  const result = await lake.connection.runAndReadAll(planned.duckdbSql);
  assert.deepEqual(result.getRows(), [[2n]]);
});

test('EXPLAIN (TYPE VALIDATE) checks and runs nothing', () => {
  assert.deepEqual(rowsOf('EXPLAIN (TYPE VALIDATE) SELECT total FROM orders'), [['true']]);
  assert.throws(() => plan('EXPLAIN (TYPE VALIDATE) SELECT nothing FROM orders'), /cannot be resolved/);
  const planned = plan('EXPLAIN SELECT total FROM orders');
  assert.ok(planned.kind === 'explain' && planned.duckdbSql.startsWith('EXPLAIN SELECT'));
});
