import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { connectDuckDB, literal, openDuckDB } from '../../src/local/duckdb.ts';
import { manifestsOf } from '../../src/operations/read-ledger.ts';
import type { RunEtlDeps } from '../../src/operations/run-etl.ts';

const COMPARE_MEMORY_MIB = 256;

interface Side {
  readonly deps: RunEtlDeps;
  readonly folder: string;
}

/** Asserts that two lakes published the same day: rows, types, measures, judgements, and what the Parquet files say of themselves. */
export async function assertSameDay(date: string, sides: readonly [Side, Side]): Promise<void> {
  const [mine, other] = await Promise.all(
    sides.map(async ({ deps }) =>
      (await manifestsOf(date, deps)).findLast(({ state }) => state === 'verified'),
    ),
  );
  assert.ok(mine !== undefined && other !== undefined, 'both have published');
  assert.deepEqual(Object.keys(mine.tables), Object.keys(other.tables));
  const instance = await openDuckDB({
    memoryMiB: COMPARE_MEMORY_MIB,
    spillFolder: join(sides[0].folder, 'compare'),
  });
  const connection = await connectDuckDB(instance);
  try {
    for (const [name, table] of Object.entries(mine.tables)) {
      const { files: myFiles, location: myLocation, ...myRest } = table;
      const { files: otherFiles, location: otherLocation, ...otherRest } = other.tables[name] ?? table;
      assert.deepEqual(myRest, otherRest, `${name}: measures and checks`);
      const format = sides[0].deps.tables.find(({ contract }) => contract.table === name)?.contract.format;
      const [a, b] = [myLocation, otherLocation].map(
        (location) => `${new URL(location).pathname}*.${format}`,
      );
      assert.ok(a !== undefined && b !== undefined);
      await assertSameRows(connection, { name, format, a, b });
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function assertSameRows(
  connection: DuckDBConnection,
  { name, format, a, b }: { name: string; format: string | undefined; a: string; b: string },
): Promise<void> {
  if (format === 'parquet') {
    const described = async (path: string): Promise<unknown> =>
      rowsOf(
        connection,
        `SELECT name, duckdb_type, precision, scale, CASE WHEN duckdb_type LIKE 'TIMESTAMP%' THEN logical_type END FROM parquet_schema(${literal(path)}) WHERE type IS NOT NULL`,
      );
    assert.deepEqual(await described(a), await described(b), `${name}: the schema of the Parquet files`);
    const codecs = await rowsOf(
      connection,
      `SELECT DISTINCT compression FROM parquet_metadata(${literal(b)})`,
    );
    assert.ok(
      codecs.every(([codec]) => codec === 'ZSTD'),
      `${name}: ${JSON.stringify(codecs)}`,
    );
  }
  const [left, right] =
    format === 'parquet' ? [a, b].map((path) => `read_parquet(${literal(path)})`) : [a, b].map(csvText);
  for (const [one, two] of [
    [left, right],
    [right, left],
  ]) {
    const surplus = await rowsOf(connection, `SELECT * FROM (FROM ${one} EXCEPT ALL FROM ${two}) LIMIT 3`);
    assert.deepEqual(surplus, [], `${name}: rows of one lake that the other does not have`);
  }
}

/** CSV as the local query engine reads it; times as values, since both texts of a time may end in zeros or not. */
function csvText(path: string): string {
  return `read_csv(${literal(path)}, header = true, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, sample_size = -1)`;
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRowsJson() as unknown[][];
}
