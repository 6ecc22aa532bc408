import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { lintTable } from '../../src/lake/lint.ts';
import { type RunEtlDeps, runEtl } from '../../src/operations/run-etl.ts';
import type { Database } from '../../src/platform/database.ts';
import { assertSameDay } from './compare-lakes.ts';
import { DAY, openEtlPlatform, runOf } from './etl-platform.ts';
import { openSparkPlatform } from './spark-platform.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Loads the shop's tables and these with DuckDB and with Spark, and asserts that both published the same. */
export async function loadOnBoth(
  t: TestContext,
  input: {
    readonly database: Database;
    readonly tables: RunEtlDeps['tables'];
    readonly force: boolean;
    readonly readers?: number;
  },
): Promise<void> {
  const { database } = input;
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
