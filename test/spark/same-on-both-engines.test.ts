import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
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
import { openSparkPlatform } from '../support/spark-platform.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const server = sharedShopServer();

test('every type and every allowed function give the same rows, types and files on both engines', async (t) => {
  const seed = Date.now() % 1_000_000;
  t.diagnostic(`seed ${seed}`);
  const { database } = await server();
  await fillShapes(database, seed);
  await loadOnBoth(t, { database, tables: portableTables(), force: true });
});

test('a seeded shop, with the table that the docs add and those an analyst would, gives the same day on both engines, also when several readers share the work', async (t) => {
  const { database } = await server();
  await fillShop(database, { orders: 3_000, days: 3, lastDay: '2026-11-22' });
  await fillLineitem(database, DAY);
  const tables = [await workedExample(), ...analystTables(), ...(await addedTables(t))];
  await loadOnBoth(t, { database, tables, force: false, readers: 3 });
});

test('readers that saw different moments are refused; one statement is one moment, whatever is written meanwhile', async (t) => {
  const { database } = await server();
  await fillShop(database, { orders: 600, days: 3, lastDay: '2026-11-22' });
  const busy = writeMeanwhile(
    `UPDATE orders SET note = CONCAT('seen ', UUID()) WHERE created_at >= '2026-11-20 15:00:00' LIMIT 50`,
  );
  t.after(() => busy.stop());
  const torn = await openSparkPlatform({ database, folder: await temporaryFolder(t), readers: 2 });
  const refused = await runEtl(runOf(DAY), torn);
  assert.equal(refused.days[0]?.error?.code, 'lake-differs');
  assert.deepEqual(await torn.catalog.listDatabases(), []);
  const whole = await openSparkPlatform({ database, folder: await temporaryFolder(t) });
  assert.equal((await runEtl(runOf(DAY), whole)).days[0]?.state, 'verified');
});

/** The table of the docs' worked example, from the page itself. */
async function workedExample(): Promise<RunEtlDeps['tables'][number]> {
  const page = await readFile(join(packageRoot(), 'docs', 'add-a-table.md'), 'utf8');
  const blocks = page.slice(page.indexOf('## A worked example')).matchAll(/```(?:json|sql)\n([\s\S]*?)```/g);
  const [json = '', transform = '', check = ''] = [...blocks].map(([, text]) => text);
  const contract = parseContract(json, 'docs/add-a-table.md');
  return { contract, transform, checks: contract.checks.map((head) => ({ ...head, sql: check })) };
}

/** Runs a statement again and again, on a connection of its own, until it is stopped. */
function writeMeanwhile(sql: string): { stop(): Promise<void> } {
  let going = true;
  const done = (async () => {
    const { database } = await server();
    while (going) await change(database, sql);
  })();
  return {
    async stop() {
      going = false;
      await done;
    },
  };
}
