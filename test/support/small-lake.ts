import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { type LocalCatalog, openLocalCatalog } from '../../src/local/catalog.ts';
import { openPreparedStatements } from '../../src/local/prepared-statements.ts';
import { openLocalWarehouse } from '../../src/local/warehouse.ts';
import type { CatalogTable } from '../../src/platform/catalog.ts';
import type { QueryRequest, Value, Warehouse } from '../../src/platform/warehouse.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface SmallLake {
  readonly folder: string;
  /** The folder as a URI without a slash at its end. */
  readonly uri: string;
  readonly catalog: LocalCatalog;
  readonly warehouse: Warehouse;
  rows(sql: string, more?: Partial<QueryRequest>): Promise<(readonly Value[])[]>;
  types(sql: string): Promise<string[]>;
  /** Another process' view of the same lake: a warehouse opened anew. */
  reopened(): SmallLake;
}

const ORDERS: CatalogTable = {
  database: 'shop',
  name: 'orders',
  columns: [
    { name: 'id', type: 'bigint', comment: 'The key.' },
    { name: 'status', type: 'string' },
    { name: 'total', type: 'decimal(14,2)' },
    { name: 'created_at', type: 'timestamp' },
  ],
  partitionKeys: [{ name: 'dt', type: 'date' }],
  format: 'parquet',
  location: '',
  parameters: { classification: 'parquet', 'dp.load': 'day' },
};

/** Rows of each day, in DuckDB's SQL. */
const DAYS: Readonly<Record<string, string>> = {
  '2026-11-21':
    "(1, 'paid', 10.50, TIMESTAMP '2026-11-21 01:02:03.123456'), (2, 'pending', 0.25, TIMESTAMP '2026-11-21 23:59:59.9996')",
  '2026-11-22': "(3, 'paid', 7.00, TIMESTAMP '2026-11-22 00:00:00')",
};

/** Two published days of orders in the database `shop`, as `dp etl` lays them out, and nothing else. */
export async function openSmallLake(t: Pick<TestContext, 'after'>): Promise<SmallLake> {
  const folder = await temporaryFolder(t);
  const catalog = openLocalCatalog({ folder: join(folder, 'catalog') });
  await catalog.ensureDatabase('shop');
  await catalog.putTable({ ...ORDERS, location: `${uriOf(folder)}/lake/orders/none/` });
  const instance = await DuckDBInstance.create(':memory:', {});
  const connection = await instance.connect();
  for (const [day, rows] of Object.entries(DAYS)) {
    const path = join(folder, `lake/orders/run-1/dt=${day}`);
    await mkdir(path, { recursive: true });
    await connection.run(
      `COPY (SELECT CAST(id AS BIGINT) AS id, status, CAST(total AS DECIMAL(14,2)) AS total, created_at
         FROM (VALUES ${rows}) AS t(id, status, total, created_at)) TO '${path}/part-00000.parquet' (FORMAT parquet)`,
    );
    await catalog.switchPartition(
      { database: 'shop', table: 'orders' },
      { values: [day], location: `${uriOf(path)}/`, parameters: { 'dp.rows': '2', 'dp.bytes': '1000' } },
    );
  }
  connection.closeSync();
  instance.closeSync();
  return smallLake(t, { folder, catalog });
}

function uriOf(path: string): string {
  return pathToFileURL(path).href;
}

function smallLake(
  t: Pick<TestContext, 'after'>,
  { folder, catalog }: { readonly folder: string; readonly catalog: LocalCatalog },
): SmallLake {
  const warehouse = openLocalWarehouse({
    catalog,
    spillFolder: join(folder, 'spill'),
    now: Date.now,
    writes: {
      catalog,
      tablesFolder: join(folder, 'lake', 'tables'),
      prepared: openPreparedStatements({ file: join(folder, 'prepared-statements.json') }),
    },
  });
  t.after(() => warehouse[Symbol.asyncDispose]());
  return {
    folder,
    uri: uriOf(folder),
    catalog,
    warehouse,
    async rows(sql, more = {}) {
      const result = await warehouse.run({ sql, database: 'shop', ...more });
      const rows: (readonly Value[])[] = [];
      for await (const batch of result.batches()) rows.push(...batch);
      return rows;
    },
    async types(sql) {
      const result = await warehouse.run({ sql, database: 'shop' });
      for await (const _ of result.batches());
      return result.columns.map((column) => column.type);
    },
    reopened: () => smallLake(t, { folder, catalog }),
  };
}
