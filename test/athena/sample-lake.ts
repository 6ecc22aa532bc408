import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { KnownCatalog, KnownTable } from '../../src/athena/plan/tables.ts';
import { planStatement } from '../../src/athena/plan-statement.ts';
import { typeOfText } from '../../src/athena/sql/parse-type.ts';
import { readStatement } from '../../src/athena/statement-needs.ts';
import { duckdbType, VARCHAR } from '../../src/athena/types/type.ts';
import { applyDialect, registerDialect } from '../../src/local/dialect-connection.ts';
import { Failure, messageOf } from '../../src/std/failure.ts';
import type { LocalAnswer } from './compare-answers.ts';
import { plainValue } from './plain.ts';
import { databaseOf, SAMPLE_TABLES, type SampleTable, sampleSql } from './sample-data.ts';

export interface SampleLake extends AsyncDisposable {
  readonly connection: DuckDBConnection;
  /** The sample catalog, as planning a statement takes it. */
  readonly catalog: KnownCatalog;
  /** Plans and runs a statement that gives rows; a Failure or DuckDB's error becomes `refused`. */
  answer(sql: string): Promise<LocalAnswer>;
}

/** The sample tables as Parquet files in a folder of this machine, with DuckDB over them. */
export async function openSampleLake(): Promise<SampleLake> {
  const folder = mkdtempSync(join(tmpdir(), 'dp-dialect-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  registerDialect(connection);
  await applyDialect(connection);
  const databases = [...new Set(SAMPLE_TABLES.map(databaseOf))];
  for (const database of databases) await connection.run(`CREATE SCHEMA ${database}`);
  const known: KnownTable[] = [];
  for (const table of SAMPLE_TABLES)
    known.push(await makeTable(connection, table, join(folder, databaseOf(table), table.name)));
  const catalog: KnownCatalog = { databases, tables: known };
  return {
    connection,
    catalog,
    answer: (sql) => answer(sql, catalog, connection),
    async [Symbol.asyncDispose]() {
      connection.closeSync();
      instance.closeSync();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answer(
  sql: string,
  catalog: KnownCatalog,
  connection: DuckDBConnection,
): Promise<LocalAnswer> {
  try {
    const plan = planStatement(readStatement(sql, 'shop'), { catalog });
    if (plan.kind !== 'select' && plan.kind !== 'rows')
      return { refused: `a statement of kind ${plan.kind}` };
    const names = plan.columns.map((column) => column.name);
    const types = plan.columns.map((column) => column.type);
    if (plan.kind === 'rows') return { names, types, rows: plan.rows };
    const result = await connection.runAndReadAll(plan.duckdbSql);
    return { names, types, rows: result.getRows().map((row) => row.map(plainValue)) };
  } catch (error) {
    if (error instanceof Failure) return { refused: error.message };
    const said = messageOf(error);
    // The planner promises SQL that DuckDB can bind: what fails before any row is read is dp's own mistake.
    if (/^(?:Parser|Catalog|Internal|INTERNAL)/.test(said)) throw error;
    return { refused: said };
  }
}

async function makeTable(
  connection: DuckDBConnection,
  table: SampleTable,
  folder: string,
): Promise<KnownTable> {
  mkdirSync(folder, { recursive: true });
  const columns = table.columns.map(([name, type]) => [name, typeOfText(type)] as const);
  const names = columns.map(([name]) => `"${name}"`).join(', ');
  const line = (row: SampleTable['rows'][number]): string =>
    `(${columns.map(([, type], index) => sampleSql(row[index] ?? null, type, 'duckdb')).join(', ')})`;
  const rows = (table.rows.length === 0 ? [[]] : table.rows).map(line).join(', ');
  const values = `SELECT * FROM (VALUES ${rows}) AS t(${names})${table.rows.length === 0 ? ' WHERE false' : ''}`;
  const isPartitioned = table.partitionKeys.length > 0;
  const target = isPartitioned ? folder : join(folder, 'part.parquet');
  const by = isPartitioned ? `, PARTITION_BY (${table.partitionKeys.join(', ')})` : '';
  await connection.run(`COPY (${values}) TO '${target}' (FORMAT parquet${by})`);
  const keys = columns
    .filter(([name]) => table.partitionKeys.includes(name))
    .map(([name, type]) => `'${name}': '${duckdbType(type)}'`)
    .join(', ');
  const hive = isPartitioned ? `, hive_types = {${keys}}` : '';
  await connection.run(
    `CREATE VIEW ${databaseOf(table)}."${table.name}" AS SELECT ${names}, filename AS "$path"
     FROM read_parquet('${folder}/**/*.parquet', filename = true, hive_partitioning = ${isPartitioned}${hive})`,
  );
  return knownTable(table, folder);
}

function knownTable(table: SampleTable, folder: string): KnownTable {
  const keys = table.partitionKeys.map((key) => table.columns.findIndex(([name]) => name === key));
  const partitions = table.rows.map((row) => keys.map((index) => String(row[index])));
  const columns = table.columns.map(([name, type]) => ({
    name,
    type: typeOfText(type),
    ...(table.partitionKeys.includes(name) ? { partition: true } : {}),
  }));
  return {
    database: databaseOf(table),
    name: table.name,
    columns: [...columns, { name: '$path', type: VARCHAR, hidden: true }],
    location: `file://${folder}/`,
    format: 'parquet',
    ...(keys.length === 0 ? {} : { partitions }),
  };
}
