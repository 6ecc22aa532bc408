import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { packageRoot } from '../../src/config/package-root.ts';
import { parseContract } from '../../src/lake/contract.ts';
import { type RunEtlDeps, runEtl } from '../../src/operations/run-etl.ts';
import { addedTables, fillLineitem } from '../support/added-tables.ts';
import { analystTables } from '../support/analyst-tables.ts';
import { change, DAY, fillShop, runOf } from '../support/etl-platform.ts';
import { fillShapes } from '../support/fill-shapes.ts';
import { loadOnBoth } from '../support/load-on-both.ts';
import { portableTables } from '../support/portable-tables.ts';
import { sharedShopServer } from '../support/shop-server.ts';
import { openSparkPlatform, SHORT_LIVED } from '../support/spark-platform.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const server = sharedShopServer();

/** Begins in the year before, by UTC. */
const NEW_YEAR = '2026-01-01';

test('every type and every allowed function give the same rows, types and files on both engines', async (t) => {
  const seed = Date.now() % 1_000_000;
  t.diagnostic(`seed ${seed}`);
  const { database } = await server();
  await fillShapes(database, { seed, day: NEW_YEAR });
  await loadOnBoth(t, { database, tables: portableTables(), day: NEW_YEAR, force: true });
});

test('a seeded shop, with the table that the docs add and those an analyst would, gives the same day on both engines, also when several readers share the work', async (t) => {
  const { database } = await server();
  await fillShop(database, { orders: 3_000, days: 3, lastDay: '2026-11-22' });
  await fillLineitem(database, DAY);
  const tables = [await workedExample(), ...analystTables(), ...(await addedTables(t))];
  const meanwhile = () => change(database, ...LATE_CHANGES);
  await loadOnBoth(t, { database, tables, force: false, readers: 3, meanwhile });
});

test('readers that saw different moments are refused; one statement is one moment, whatever is written meanwhile', async (t) => {
  const { database } = await server();
  await fillShop(database, { orders: 600, days: 3, lastDay: '2026-11-22' });
  const torn = await openSparkPlatform({
    ...{ database, folder: await temporaryFolder(t), readers: 2 },
    ...{ trace: writeWhileItReads(t), javaOptions: SHORT_LIVED },
  });
  const refused = await runEtl(runOf(DAY), torn);
  assert.equal(refused.days[0]?.error?.code, 'lake-differs');
  assert.deepEqual(await torn.catalog.listDatabases(), []);
  const whole = await openSparkPlatform({
    ...{ database, folder: await temporaryFolder(t) },
    ...{ trace: writeWhileItReads(t), javaOptions: SHORT_LIVED },
  });
  assert.equal((await runEtl(runOf(DAY), whole)).days[0]?.state, 'verified');
});

const WINDOW = `WHERE created_at >= '2026-11-20 15:00:00' AND created_at < '2026-11-21 15:00:00'`;
const ORDERS_OF_DAY = `FROM orders ${WINDOW}`;

/** Orders that are cancelled, deleted with their items, and given one more item, days after the day was loaded. */
const LATE_CHANGES = [
  `UPDATE orders SET status = 'cancelled' WHERE id IN (SELECT id FROM (SELECT id ${ORDERS_OF_DAY} ORDER BY id LIMIT 40) o)`,
  `DELETE FROM orders WHERE id IN (SELECT id FROM (SELECT id ${ORDERS_OF_DAY} ORDER BY id DESC LIMIT 30) o)`,
  `INSERT INTO order_items (order_id, line_number, product_id, quantity, unit_price, line_amount, created_at)
   SELECT id, 99, 1, 2, 0.05, 0.10, '2026-11-24 03:00:00.000001' ${ORDERS_OF_DAY} ORDER BY id LIMIT 50`,
  `UPDATE orders SET total_amount = total_amount + 0.10 WHERE id IN (SELECT order_id FROM order_items WHERE line_number = 99)`,
];

/** The table of the docs' worked example, from the page itself. */
async function workedExample(): Promise<RunEtlDeps['tables'][number]> {
  const page = await readFile(join(packageRoot(), 'docs', 'add-a-table.md'), 'utf8');
  const blocks = page.slice(page.indexOf('## A worked example')).matchAll(/```(?:json|sql)\n([\s\S]*?)```/g);
  const [json = '', transform = '', check = ''] = [...blocks].map(([, text]) => text);
  const contract = parseContract(json, 'docs/add-a-table.md');
  return { contract, transform, checks: contract.checks.map((head) => ({ ...head, sql: check })) };
}

/** Changes orders of the day again and again from when the job begins to read until it has measured. */
function writeWhileItReads(t: TestContext): (event: string) => void {
  let reads = false;
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    const { database } = await server();
    await using session = await database.connect('admin');
    while (reads) await session.query(`UPDATE orders SET note = CONCAT('seen ', UUID()) ${WINDOW} LIMIT 50`);
  };
  t.after(async () => {
    reads = false;
    await writing;
  });
  return (event) => {
    reads = event === 'spark-ready' || (reads && event !== 'measured');
    if (event === 'spark-ready') writing = write();
  };
}
