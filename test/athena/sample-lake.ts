import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type PlannedColumn, planQuery } from '../../src/athena/plan/plan-query.ts';
import type { KnownTable, Tables } from '../../src/athena/plan/tables.ts';
import { parseStatement } from '../../src/athena/sql/parse-statement.ts';
import { typeOfText } from '../../src/athena/sql/parse-type.ts';
import { VARCHAR } from '../../src/athena/types/type.ts';
import { applyDialect, registerDialect } from '../../src/local/dialect-connection.ts';
import { type Plain, plainValue } from './plain.ts';
import { SAMPLE_TABLES, type SampleTable, sampleSql } from './sample-data.ts';

export interface Answer {
  readonly columns: readonly PlannedColumn[];
  readonly rows: readonly (readonly Plain[])[];
}

export interface SampleLake extends AsyncDisposable {
  readonly tables: Tables;
  readonly connection: DuckDBConnection;
  answer(sql: string): Promise<Answer>;
}

/** The sample tables as Parquet files in a folder of this machine, with DuckDB over them. */
export async function openSampleLake(): Promise<SampleLake> {
  const folder = mkdtempSync(join(tmpdir(), 'dp-dialect-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  registerDialect(connection);
  await applyDialect(connection);
  await connection.run('CREATE SCHEMA shop');
  const known: KnownTable[] = [];
  for (const table of SAMPLE_TABLES)
    known.push(...(await makeTable(connection, table, join(folder, table.name))));
  const tables: Tables = {
    find: (database, name) => known.find((table) => table.database === database && table.name === name),
  };
  return {
    tables,
    connection,
    answer: (sql) => answer(sql, tables, connection),
    async [Symbol.asyncDispose]() {
      connection.closeSync();
      instance.closeSync();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answer(sql: string, tables: Tables, connection: DuckDBConnection): Promise<Answer> {
  const statement = parseStatement(sql);
  if (statement.kind !== 'query') throw new Error(`not a query: ${statement.kind}`);
  const plan = planQuery(statement.query, { sql, database: 'shop', tables });
  const result = await connection.runAndReadAll(plan.duckdbSql);
  return { columns: plan.columns, rows: result.getRows().map((row) => row.map(plainValue)) };
}

async function makeTable(
  connection: DuckDBConnection,
  table: SampleTable,
  folder: string,
): Promise<KnownTable[]> {
  mkdirSync(folder);
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
  const keys = table.partitionKeys.map((key) => `'${key}': 'VARCHAR'`).join(', ');
  const hive = isPartitioned ? `, hive_types = {${keys}}` : '';
  await connection.run(
    `CREATE VIEW shop."${table.name}" AS SELECT ${names}, filename AS "$path"
     FROM read_parquet('${folder}/**/*.parquet', filename = true, hive_partitioning = ${isPartitioned}${hive})`,
  );
  return [knownTable(table), ...(isPartitioned ? [await partitionsTable(connection, table)] : [])];
}

function knownTable(table: SampleTable): KnownTable {
  const columns = table.columns.map(([name, type]) => ({
    name,
    type: typeOfText(type),
    ...(table.partitionKeys.includes(name) ? { partition: true } : {}),
  }));
  return {
    database: 'shop',
    name: table.name,
    columns: [...columns, { name: '$path', type: VARCHAR, hidden: true }],
  };
}

async function partitionsTable(connection: DuckDBConnection, table: SampleTable): Promise<KnownTable> {
  const name = `${table.name}$partitions`;
  await connection.run(
    `CREATE VIEW shop."${name}" AS SELECT DISTINCT ${table.partitionKeys.join(', ')} FROM shop."${table.name}"`,
  );
  return {
    database: 'shop',
    name,
    columns: table.partitionKeys.map((key) => ({ name: key, type: VARCHAR })),
  };
}
