import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { QueryHistory } from '../../src/platform/query-history.ts';
import type { QueryRequest, QueryResult, Value, Warehouse } from '../../src/platform/warehouse.ts';

export interface WarehouseUnderTest {
  readonly warehouse: Warehouse;
  readonly history: QueryHistory;
  /** A schema that exists. */
  readonly database: string;
}

const DIGITS = Array.from({ length: 10 }, (_, digit) => `(${digit})`).join(', ');

/** What every warehouse does with its history. */
export function warehouseContract(
  label: string,
  open: (t: TestContext) => Promise<WarehouseUnderTest>,
): void {
  const run = async (
    { warehouse, database }: WarehouseUnderTest,
    sql: string,
    more: Partial<QueryRequest> = {},
  ) => warehouse.run({ sql, database, ...more });

  test(`${label}: rows come in order under the columns' names, with exact values`, async (t) => {
    const opened = await open(t);
    const result = await run(
      opened,
      "SELECT * FROM (VALUES (1, 'a', true), (2, '日本', false)) AS t (n, s, b) ORDER BY n",
    );
    assert.deepEqual(
      result.columns.map((column) => column.name),
      ['n', 's', 'b'],
    );
    assert.deepEqual(await rowsOf(result), [
      [1, 'a', true],
      [2, '日本', false],
    ]);
    assert.equal(result.stats().rows, 2);
  });

  test(`${label}: duplicate column names keep their columns apart`, async (t) => {
    const result = await run(await open(t), 'SELECT 1 AS n, 2 AS n');
    assert.deepEqual(
      result.columns.map((column) => column.name),
      ['n', 'n'],
    );
    assert.deepEqual(await rowsOf(result), [[1, 2]]);
  });

  test(`${label}: a result without rows has its columns`, async (t) => {
    const result = await run(await open(t), 'SELECT * FROM (VALUES (1)) AS t (n) WHERE n > 1');
    assert.equal(result.columns[0]?.name, 'n');
    assert.deepEqual(await rowsOf(result), []);
    assert.equal(result.stats().rows, 0);
  });

  test(`${label}: many rows come in batches, every one once`, async (t) => {
    const sql = `SELECT a.n * 100 + b.n * 10 + c.n AS v FROM (VALUES ${DIGITS}) AS a (n)
      CROSS JOIN (VALUES ${DIGITS}) AS b (n) CROSS JOIN (VALUES ${DIGITS}) AS c (n) WHERE a.n < 9 ORDER BY 1`;
    const rows = await rowsOf(await run(await open(t), sql));
    assert.deepEqual(
      rows.map(([value]) => value),
      Array.from({ length: 900 }, (_, index) => index),
    );
  });

  test(`${label}: a statement that is wrong is a failure, in the engine's words`, async (t) => {
    await assert.rejects(run(await open(t), 'SELECT nothing_of_that_name FROM (VALUES (1)) AS t (n)'), {
      name: 'Failure',
      message: /nothing_of_that_name/i,
    });
  });

  test(`${label}: a query that was aborted before it began runs nothing`, async (t) => {
    const signal = AbortSignal.abort(new Error('the operator'));
    await assert.rejects(
      async () => rowsOf(await run(await open(t), 'SELECT 1', { signal })),
      /the operator/,
    );
  });

  test(`${label}: the history lists what ran, newest first, and gives its rows again`, async (t) => {
    const opened = await open(t);
    const result = await run(opened, 'SELECT 41 + 1 AS answer');
    await rowsOf(result);
    const { queryId } = result.stats();
    const found = await opened.history.find(queryId);
    assert.equal(found?.state, 'succeeded');
    assert.equal(found?.sql, 'SELECT 41 + 1 AS answer');
    assert.ok((await opened.history.list(50)).some((record) => record.queryId === queryId));
    assert.deepEqual(await rowsOf(await opened.history.results({ queryId })), [[42]]);
  });

  test(`${label}: a query that does not exist is a failure`, async (t) => {
    const { history } = await open(t);
    const queryId = '00000000-0000-4000-8000-000000000000';
    await assert.rejects(history.results({ queryId }), { code: 'query-unknown' });
    assert.equal(await history.find(queryId), undefined);
  });

  test(`${label}: a query is saved under a name, and replaced`, async (t) => {
    const { history, database } = await open(t);
    await history.save({ name: 'daily sales', sql: 'SELECT 1', database });
    await history.save({ name: 'daily sales', sql: 'SELECT 2', database });
    assert.equal((await history.findSaved('daily sales'))?.sql, 'SELECT 2');
    assert.equal((await history.listSaved()).filter((query) => query.name === 'daily sales').length, 1);
    assert.equal(await history.findSaved('another'), undefined);
  });
}

async function rowsOf(result: QueryResult): Promise<(readonly Value[])[]> {
  const rows: (readonly Value[])[] = [];
  for await (const batch of result.batches()) rows.push(...batch);
  return rows;
}
