import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Catalog, CatalogPartition, CatalogTable } from '../../src/platform/catalog.ts';

const ORDERS: CatalogTable = {
  database: 'shop_lake',
  name: 'orders',
  description: 'One row per order.',
  columns: [
    { name: 'id', type: 'bigint' },
    { name: 'total', type: 'decimal(14,2)', comment: 'In yen.' },
  ],
  partitionKeys: [{ name: 'dt', type: 'date' }],
  format: 'parquet',
  location: 's3://bucket/lake/orders/_no_partition/',
  parameters: { classification: 'parquet' },
};
const name = { database: 'shop_lake', table: 'orders' };

function partition(day: string, run: string): CatalogPartition {
  return {
    values: [day],
    location: `s3://bucket/lake/orders/${run}/dt=${day}/`,
    parameters: { 'dp.run_id': run },
  };
}

/** What every catalog does. `open` gives one without the database `shop_lake`. */
export function catalogContract(label: string, open: (t: TestContext) => Promise<Catalog>): void {
  const filled = async (t: TestContext): Promise<Catalog> => {
    const catalog = await open(t);
    await catalog.ensureDatabase('shop_lake');
    await catalog.putTable(ORDERS);
    return catalog;
  };

  test(`${label}: what is not there is not found`, async (t) => {
    const catalog = await open(t);
    assert.equal(await catalog.findTable(name), undefined);
    assert.equal(await catalog.findPartition(name, ['2026-11-22']), undefined);
    assert.deepEqual(await catalog.listTables('shop_lake'), []);
  });

  test(`${label}: a table comes back as it was put, and is replaced with its partitions kept`, async (t) => {
    const catalog = await filled(t);
    await catalog.ensureDatabase('shop_lake');
    assert.ok((await catalog.listDatabases()).includes('shop_lake'));
    assert.deepEqual(await catalog.findTable(name), ORDERS);
    await catalog.switchPartition(name, partition('2026-11-22', 'r1'));
    const wider = { ...ORDERS, columns: [...ORDERS.columns, { name: 'note', type: 'string' }] };
    await catalog.putTable(wider);
    assert.deepEqual(await catalog.listTables('shop_lake'), [wider]);
    assert.equal((await catalog.listPartitions(name)).length, 1);
  });

  test(`${label}: switching a partition creates it, then replaces it`, async (t) => {
    const catalog = await filled(t);
    await catalog.switchPartition(name, partition('2026-11-22', 'r1'));
    await catalog.switchPartition(name, partition('2026-11-21', 'r1'));
    await catalog.switchPartition(name, partition('2026-11-22', 'r2'));
    const expected = [partition('2026-11-21', 'r1'), partition('2026-11-22', 'r2')];
    assert.deepEqual(await catalog.listPartitions(name), expected);
    assert.deepEqual(await catalog.findPartition(name, ['2026-11-22']), expected[1]);
  });

  test(`${label}: a reader during many switches always finds one whole version`, async (t) => {
    const catalog = await filled(t);
    await catalog.switchPartition(name, partition('2026-11-22', 'r0'));
    let writing = true;
    const writer = (async () => {
      for (let number = 1; number <= 25; number++)
        await catalog.switchPartition(name, partition('2026-11-22', `r${number}`));
      writing = false;
    })();
    while (writing) {
      const found = await catalog.findPartition(name, ['2026-11-22']);
      assert.ok(found?.location.includes(`/${found.parameters['dp.run_id']}/`));
    }
    await writer;
  });

  test(`${label}: partitions and tables can be deleted`, async (t) => {
    const catalog = await filled(t);
    await catalog.switchPartition(name, partition('2026-11-21', 'r1'));
    await catalog.switchPartition(name, partition('2026-11-22', 'r1'));
    await catalog.deletePartition(name, ['2026-11-21']);
    assert.deepEqual(
      (await catalog.listPartitions(name)).map(({ values }) => values),
      [['2026-11-22']],
    );
    await catalog.deleteTable(name);
    assert.equal(await catalog.findTable(name), undefined);
    assert.deepEqual(await catalog.listPartitions(name), []);
  });
}
