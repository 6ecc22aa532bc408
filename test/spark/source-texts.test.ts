import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { packageRoot } from '../../src/config/package-root.ts';
import { dayWindow } from '../../src/etl/business-day.ts';
import { extractSql, measureSql } from '../../src/etl/source-sql.ts';
import { definitionHash } from '../../src/operations/definition-hash.ts';
import { readLakeTables, shippedTables } from '../../src/operations/read-lake-tables.ts';
import { writeDefinitions } from '../support/definitions.ts';
import { portableTables } from '../support/portable-tables.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DAY = '2026-03-01';

interface JobTexts {
  readonly tables: readonly string[];
  readonly extract: Readonly<Record<string, string>>;
  readonly measure: Readonly<Record<string, string>>;
  readonly definitions: Readonly<Record<string, string>>;
}

function textsOfTheJob(folder: string): JobTexts {
  const python =
    process.env.DP_SPARK_VENV === undefined ? 'python3' : join(process.env.DP_SPARK_VENV, 'bin', 'python');
  const printed = execFileSync(python, ['test/spark/source_texts.py', folder, DAY], {
    cwd: packageRoot(),
    encoding: 'utf8',
  });
  return JSON.parse(printed) as JobTexts;
}

test('the job asks the database exactly what the DuckDB engine asks, and names definitions alike', async (t) => {
  const shipped = await readLakeTables();
  const added = await temporaryFolder(t);
  writeDefinitions([...shipped, ...portableTables()], added);
  const withAdded = await readLakeTables(added);
  for (const [folder, tables] of [
    [shippedTables(), shipped],
    [added, withAdded],
  ] as const) {
    const texts = textsOfTheJob(folder);
    assert.deepEqual(
      texts.tables,
      tables.map(({ contract }) => contract.table),
    );
    const sources = tables.map(({ contract }) => contract.source).filter((source) => source !== undefined);
    const scope = { day: DAY, window: dayWindow(DAY) };
    for (const source of sources) assert.equal(texts.extract[source.table], extractSql(source, scope));
    for (const table of tables) {
      const name = table.contract.table;
      assert.equal(texts.measure[name], measureSql(table, sources, scope));
      assert.equal(texts.definitions[name], definitionHash(tables, name));
    }
  }
});
