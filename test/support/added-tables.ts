// Tables as somebody who has only read docs/add-a-table.md adds them: a folder each in test/fixtures/added-tables.
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { LakeTable } from '../../src/lake/contract.ts';
import { readLakeTables, shippedTables } from '../../src/operations/read-lake-tables.ts';
import type { Database } from '../../src/platform/database.ts';
import { change } from './etl-platform.ts';
import { temporaryFolder } from './temporary-folder.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/added-tables');

/** Read and linted beside the tables that ship, as dp does. They need the table that fillLineitem makes. */
export async function addedTables(t: TestContext): Promise<LakeTable[]> {
  const lake = await temporaryFolder(t);
  for (const folder of [shippedTables(), FOLDER]) await cp(folder, lake, { recursive: true });
  const added = new Set(await readdir(FOLDER));
  return (await readLakeTables(lake)).filter(({ contract }) => added.has(contract.table));
}

/** TPC-H's lineitem beside a shop that is filled, shipped on the day its order was placed, and rows at the edges of its types. */
export async function fillLineitem(database: Database, day: string): Promise<void> {
  const edge = (key: number, values: string): string =>
    `INSERT INTO lineitem VALUES (${key}, 1, 1, 1, ${values}, 'R', 'O', '${day}', '${day}', '9999-12-31', 'NONE', 'MAIL', 'a 🚚 b')`;
  await change(
    database,
    'DROP TABLE IF EXISTS lineitem',
    `CREATE TABLE lineitem (l_orderkey BIGINT NOT NULL, l_partkey BIGINT NOT NULL, l_suppkey BIGINT NOT NULL, l_linenumber INT NOT NULL,
      l_quantity DECIMAL(15,2) NOT NULL, l_extendedprice DECIMAL(15,2) NOT NULL, l_discount DECIMAL(15,2) NOT NULL, l_tax DECIMAL(15,2) NOT NULL,
      l_returnflag CHAR(1) NOT NULL, l_linestatus CHAR(1) NOT NULL, l_shipdate DATE NOT NULL, l_commitdate DATE NOT NULL, l_receiptdate DATE NOT NULL,
      l_shipinstruct CHAR(25) NOT NULL, l_shipmode CHAR(10) NOT NULL, l_comment VARCHAR(44) NOT NULL, PRIMARY KEY (l_orderkey, l_linenumber),
      KEY (l_shipdate)) CHARACTER SET utf8mb4`,
    `INSERT INTO lineitem SELECT i.id, i.product_id, i.product_id % 100, 1 + i.id % 7, i.quantity, i.line_amount, (i.id % 11) / 100, (i.id % 9) / 100,
      CASE WHEN i.id % 3 = 0 THEN 'R' WHEN i.id % 3 = 1 THEN 'A' ELSE 'N' END, CASE WHEN i.id % 2 = 0 THEN 'O' ELSE 'F' END,
      DATE(o.created_at + INTERVAL 9 HOUR), DATE(o.created_at + INTERVAL i.id % 40 DAY), DATE(o.created_at + INTERVAL 20 DAY),
      'DELIVER IN PERSON', 'AIR', CONCAT('carefully final ', i.id) FROM order_items i JOIN orders o ON o.id = i.order_id`,
    edge(-1, '9999999999999.99, 9999999999999.99, 0.10, 0.08'),
    edge(-2, '0.01, 0.01, 0.01, 0.01'),
    edge(-3, '0, -0.01, 1.00, 0.08'),
  );
}
