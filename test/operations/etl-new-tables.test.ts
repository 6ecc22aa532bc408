// Tables that are added by a contract, a transform and a check alone, on DuckDB against the database's own count. The
// suite `spark` loads the same tables on Spark as well.
import assert from 'node:assert/strict';
import test from 'node:test';
import { lintTable } from '../../src/lake/lint.ts';
import { reconcile } from '../../src/operations/reconcile.ts';
import { runEtl } from '../../src/operations/run-etl.ts';
import { addedTables, fillLineitem } from '../support/added-tables.ts';
import { analystTables } from '../support/analyst-tables.ts';
import { change, DAY, fillShop, migrateTestShop, openEtlPlatform, runOf } from '../support/etl-platform.ts';
import { CREATE_SHAPES, portableTables } from '../support/portable-tables.ts';
import { sharedShopServer } from '../support/shop-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const server = sharedShopServer();

test('questions of analysts are loaded and equal what the database answers', async (t) => {
  const { database } = await server();
  await fillShop(database, { orders: 1_500, days: 3, lastDay: '2026-11-22' });
  const platform = await openEtlPlatform({ database, folder: await temporaryFolder(t) });
  const tables = [...platform.tables, ...analystTables()];
  for (const table of tables) lintTable(table, tables);
  const { days } = await runEtl(runOf(DAY), { ...platform, tables });
  assert.deepEqual(days[0]?.error, undefined);
  const rows = (name: string): number => days[0]?.tables[name]?.rows ?? 0;
  for (const { contract } of analystTables()) assert.ok(rows(contract.table) > 0, contract.table);
});

test('a wide fact, nested windows and a price list, added by their folders alone, equal what the database answers', async (t) => {
  const { database } = await server();
  await fillShop(database, { orders: 1_500, days: 3, lastDay: '2026-11-22' });
  await fillLineitem(database, DAY);
  const platform = await openEtlPlatform({ database, folder: await temporaryFolder(t) });
  const added = await addedTables(t);
  const { days } = await runEtl(runOf(DAY), { ...platform, tables: [...platform.tables, ...added] });
  assert.deepEqual(days[0]?.error, undefined);
  for (const { contract } of added)
    assert.ok((days[0]?.tables[contract.table]?.rows ?? 0) > 0, contract.table);
  // A table made with customers is of its moment, as they are: what becomes of them later does not make the day stale.
  const compare = async () => {
    const deps = { ...platform, tables: [...platform.tables, ...added] };
    return (await reconcile({ from: DAY, to: DAY, heal: false }, deps)).days[0];
  };
  await change(database, "UPDATE customers SET prefecture = '沖縄県'");
  assert.equal((await compare())?.result, 'equal');
  await change(database, `UPDATE lineitem SET l_comment = 'late' WHERE l_shipdate = '${DAY}' LIMIT 1`);
  const late = await compare();
  assert.deepEqual([late?.result, late?.differences.map(({ table }) => table)], ['differs', ['lineitem']]);
});

test("texts that the columns' collation takes for one are kept apart, and narrow and unsigned numbers do not overflow", async (t) => {
  const { database } = await server();
  await using session = await database.connect('admin');
  await migrateTestShop(session);
  await session.query('DROP TABLE IF EXISTS shapes');
  await session.query(CREATE_SHAPES);
  const notes = ['a', 'A', 'a ', 'á', '', ' ', 'b', null];
  const rows = notes.map((note, id) => [
    id,
    127,
    32767,
    2147483647,
    0,
    '1.5',
    '2.5',
    '2026-01-31',
    note,
    `${DAY} 00:00:00`,
  ]);
  const places = rows.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ');
  await session.query(`INSERT INTO shapes VALUES ${places}`, rows.flat());
  t.after(() => change(database, 'DROP TABLE shapes'));
  const platform = await openEtlPlatform({ database, folder: await temporaryFolder(t) });
  const { days } = await runEtl(runOf(DAY), {
    ...platform,
    tables: [...platform.tables, ...portableTables()],
  });
  assert.deepEqual(days[0]?.error, undefined);
  assert.equal(days[0]?.tables.notes?.rows, notes.length);
});
