import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { packageRoot } from '../../src/config/package-root.ts';
import { parseContract } from '../../src/lake/contract.ts';
import { lintTable } from '../../src/lake/lint.ts';
import { type RunEtlDeps, runEtl } from '../../src/operations/run-etl.ts';
import { createRandom } from '../../src/std/random.ts';
import { analystTables } from '../support/analyst-tables.ts';
import { assertSameDay } from '../support/compare-lakes.ts';
import { change, DAY, fillShop, migrateTestShop, openEtlPlatform, runOf } from '../support/etl-platform.ts';
import { CREATE_SHAPES, portableTables } from '../support/portable-tables.ts';
import { sharedShopServer } from '../support/shop-server.ts';
import { openSparkPlatform } from '../support/spark-platform.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const server = sharedShopServer();

/** What breaks naive text formats, casts and time arithmetic. */
const TEXTS = [
  null,
  '',
  ' ',
  'a',
  'A',
  'NULL',
  '\\N',
  '~',
  '~N',
  '~0',
  '~1',
  '~3',
  '~~',
  '|',
  '||',
  'a|b',
  '\t',
  '\n',
  '\r',
  '\r\n',
  'x\r',
  '\0',
  '"',
  '""',
  'a"b',
  "'",
  '\\',
  '\\n',
  ',',
  ';',
  '#',
  '-- x',
  '\u{1F600}',
  '\u{1F468}\u200D\u{1F469}',
  '𠮷野家',
  'か\u3099',
  'é',
  'ß',
  '\uFEFF',
  '\u2028',
  '\u0085',
  '\u00A0x\u00A0',
  '  two  ',
  '\u3000',
  '0',
  '-0.00',
  '1e5',
  'NaN',
]; // prettier-ignore
const EXACTS = [
  null,
  '0',
  '0.0000000001',
  '-0.0000000001',
  '9999999999999999999999999999.9999999999',
  '-9999999999999999999999999999.9999999999',
  '1000000000000.5',
];
const PRICES = [
  null,
  '0.005',
  '-0.005',
  '0.004',
  '2.345',
  '-2.345',
  '2.355',
  '0.995',
  '-0.995',
  '99999999999.994',
  '-1',
];
const BORN = [
  null,
  '2024-02-29',
  '1999-12-31',
  '2000-01-01',
  '2026-01-31',
  '0999-03-01',
  '1582-10-04',
  '1582-10-15',
  '9998-12-31',
];
const MOMENTS = [
  '2026-11-20 15:00:00.000000',
  '2026-11-21 14:59:59.999999',
  '2026-11-21 00:00:00.000001',
  '2026-11-21 12:34:56.100000',
  '2026-11-21 12:34:56',
];
const OUTSIDE = ['2026-11-20 14:59:59.999999', '2026-11-21 15:00:00.000000'];
const HUGES = [null, '0', '18446744073709551615', '9223372036854775808'];
const WHOLES = [null, '0', '9', '10', '2147483647', '-2147483648'];

test('every type and every allowed function give the same rows, types and files on both engines', async (t) => {
  const seed = Date.now() % 1_000_000;
  t.diagnostic(`seed ${seed}`);
  const { database } = await server();
  await using session = await database.connect('admin');
  await migrateTestShop(session);
  await session.query('DROP TABLE IF EXISTS shapes');
  await session.query(CREATE_SHAPES);
  const random = createRandom(seed, 'shapes');
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] as T;
  const rows = Array.from({ length: 400 }, (_, at) => [
    // Every text once, then anything with anything; the last rows repeat a key.
    at < 390 ? at : at - 390,
    pick([null, '-128', '127', '0', '1']),
    pick([null, '-32768', '32767', '7']),
    // Rows that share a key differ here, so that windows have one order.
    at < 10 ? '1' : at < 390 ? pick(WHOLES) : '2',
    pick(HUGES),
    pick(EXACTS),
    pick(PRICES),
    pick(BORN),
    at < TEXTS.length
      ? (TEXTS[at] ?? null)
      : random.below(4) === 0
        ? null
        : `${pick(TEXTS) ?? ''}${pick(TEXTS) ?? ''}`,
    at % 10 === 9 ? pick(OUTSIDE) : pick(MOMENTS),
  ]);
  await session.query(
    `INSERT INTO shapes VALUES ${rows.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ')}`,
    rows.flat(),
  );
  await loadOnBoth(t, { tables: portableTables(), force: true });
});

test('a seeded shop, with the table that the docs add and those an analyst would, gives the same day on both engines, also when several readers share the work', async (t) => {
  const { database } = await server();
  await fillShop(database, { orders: 3_000, days: 3, lastDay: '2026-11-22' });
  const tables = [await workedExample(), ...analystTables()];
  await loadOnBoth(t, { tables, force: false, readers: 3 });
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

async function loadOnBoth(
  t: TestContext,
  input: { readonly tables: RunEtlDeps['tables']; readonly force: boolean; readonly readers?: number },
): Promise<void> {
  const { database } = await server();
  const folders = [await temporaryFolder(t), await temporaryFolder(t)] as const;
  const duckdb = await openEtlPlatform({ database, folder: folders[0] });
  const spark = await openSparkPlatform({
    database,
    folder: folders[1],
    ...(input.readers === undefined ? {} : { readers: input.readers }),
  });
  const tables = [...duckdb.tables, ...input.tables].sort(
    (a, b) => order(a) - order(b) || (a.contract.table < b.contract.table ? -1 : 1),
  );
  for (const table of tables) lintTable(table, tables);
  const run = runOf(DAY, { force: input.force });
  const first = await runEtl(run, { ...duckdb, tables });
  assert.deepEqual(first.days[0]?.error, undefined, 'duckdb');
  const second = await runEtl(run, { ...spark, tables });
  assert.deepEqual(second.days[0]?.error, undefined, 'spark');
  assert.deepEqual(second.days[0]?.tables, first.days[0]?.tables);
  const sides = [
    { deps: { ...duckdb, tables }, folder: join(folders[0], 'work') },
    { deps: { ...spark, tables }, folder: join(folders[1], 'work') },
  ] as const;
  await assertSameDay(DAY, sides);
}

function order({ contract }: RunEtlDeps['tables'][number]): number {
  if (contract.source === undefined) return 2;
  return contract.load === 'day' ? 0 : 1;
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
