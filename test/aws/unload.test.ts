// Parquet from Athena: UNLOAD's files, and a file made of a result's CSV. Against a stand-in; the Parquet files are real.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { openAwsWarehouse } from '../../src/aws/warehouse.ts';
import { openParquetFiles } from '../../src/local/parquet-files.ts';
import type { Value } from '../../src/platform/warehouse.ts';
import { startAthenaStandIn } from '../support/athena-stand-in.ts';
import { openTestClients } from '../support/aws-environment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { csvOf, manyRows, pageOf, succeeded, type Told } from './result-pieces.ts';

async function query(sql: string): Promise<Value[][]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const reader = await connection.runAndReadAll(sql);
  connection.closeSync();
  return reader.getRowsJson() as Value[][];
}

async function open(t: TestContext, told: Told, parquet?: Uint8Array) {
  const standIn = await startAthenaStandIn({
    objects: {
      '/results/q1.csv': csvOf(told),
      ...(parquet === undefined ? {} : { '/results/unload/part-0': parquet }),
    },
    athena: {
      StartQueryExecution: () => ({ QueryExecutionId: 'q1' }),
      GetQueryExecution: () => succeeded(),
      GetQueryResults: ({ NextToken: token }) => pageOf(told, token),
      GetWorkGroup: () => ({
        WorkGroup: {
          Name: 'test',
          Configuration: { ResultConfiguration: { OutputLocation: 's3://results/' } },
        },
      }),
    },
  });
  const folder = await temporaryFolder(t);
  const clients = openTestClients(standIn.endpoint);
  const files = openParquetFiles({ spillFolder: join(folder, 'spill') });
  t.after(async () => {
    await clients.close();
    await files[Symbol.asyncDispose]();
    await standIn[Symbol.asyncDispose]();
  });
  const settings = { clients, workgroup: 'test', resultLocation: undefined, now: () => Date.now() };
  return { standIn, folder, warehouse: openAwsWarehouse({ ...settings, parquet: async () => files }) };
}

test('--fetch unload wraps the query, and arrays, maps and decimals come as what they are', async (t) => {
  const made = join(await temporaryFolder(t), 'made.parquet');
  await query(
    `COPY (SELECT 9223372036854775807::BIGINT AS n, 12.30::DECIMAL(12,2) AS d, ['a,b', 'c'] AS a, MAP {'k': 1} AS m, NULL AS x) TO '${made}' (FORMAT parquet)`,
  );
  const { warehouse, standIn } = await open(t, manyRows(1), await readFile(made));
  const result = await warehouse.run({ sql: 'SELECT * FROM orders;', database: 'shop', fetch: 'unload' });
  const rows: (readonly Value[])[] = [];
  for await (const batch of result.batches()) rows.push(...batch);
  assert.deepEqual(rows[0]?.slice(0, 4), [9223372036854775807n, '12.30', ['a,b', 'c'], { k: 1 }]);
  assert.equal(result.stats().fetchPath, 'unload');
  const sent = String(standIn.inputsOf('StartQueryExecution')[0]?.QueryString);
  assert.match(
    sent,
    /^UNLOAD \(SELECT \* FROM orders\n\) TO 's3:\/\/results\/unload\/[\w-]{36}\/' WITH \(format = 'PARQUET'/,
  );
});

test('--fetch unload is for queries only', async (t) => {
  const { warehouse, standIn } = await open(t, manyRows(1));
  const asked = warehouse.run({ sql: 'SHOW TABLES', database: 'shop', fetch: 'unload' });
  await assert.rejects(asked, { code: 'not-unloadable', kind: 'usage' });
  assert.deepEqual(standIn.inputsOf('StartQueryExecution'), []);
});

test('a Parquet file of a result has its types, and keeps NULL and the empty string apart', async (t) => {
  const told: Told = {
    columns: [
      { name: 'id', type: 'bigint' },
      { name: 'id', type: 'bigint' },
      { name: 'price', type: 'decimal', precision: 12, scale: 2 },
      { name: 'day', type: 'date' },
      { name: 'word', type: 'varchar' },
    ],
    rows: Array.from({ length: 1_500 }, (_, index) => [
      String(index),
      '9007199254740993',
      '12.30',
      '2026-11-22',
      index % 2 === 0 ? null : index % 3 === 0 ? '' : `a "b",\n${index}`,
    ]),
  };
  const { warehouse, folder } = await open(t, told);
  const path = join(folder, 'out.parquet');
  const stats = await warehouse.writeParquet({ sql: 'SELECT 1', database: 'shop' }, path);
  assert.equal(stats.rows, 1_500);
  const [types] = await query(`SELECT list(column_type) FROM (DESCRIBE SELECT * FROM '${path}')`);
  assert.deepEqual(types, [['BIGINT', 'BIGINT', 'DECIMAL(12,2)', 'DATE', 'VARCHAR']]);
  const [counts] = await query(
    `SELECT count(*)::INT, count(word)::INT, count(*) FILTER (word = '')::INT, max(id_2)::VARCHAR, max(id)::INT FROM '${path}'`,
  );
  assert.deepEqual(counts, [1_500, 750, 250, '9007199254740993', 1_499]);
});
