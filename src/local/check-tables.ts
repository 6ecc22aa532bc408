import type { DuckDBConnection } from '@duckdb/node-api';
import type { LakeTable } from '../lake/contract.ts';
import type { CheckResult } from '../platform/engine.ts';

/** Bad rows shown for each failed check. */
const EXAMPLES_MAX = 5;

/** Runs a table's checks over the written files: every table of the day is there under its own name. */
export async function checkTable(connection: DuckDBConnection, table: LakeTable): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { name, severity, says, sql } of table.checks) {
    const counted = await connection.runAndReadAll(`SELECT count(*) FROM (${sql}\n) AS bad`);
    const badRows = Number(counted.getRowsJson()[0]?.[0]);
    const examples = badRows === 0 ? [] : await firstRows(connection, sql);
    results.push({ name, severity, says, badRows, examples });
  }
  return results;
}

async function firstRows(connection: DuckDBConnection, sql: string): Promise<string[]> {
  const result = await connection.runAndReadAll(`SELECT * FROM (${sql}\n) AS bad LIMIT ${EXAMPLES_MAX}`);
  return result.getRowObjectsJson().map((row) => JSON.stringify(row));
}
