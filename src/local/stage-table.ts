import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { duckdbChecksum } from '../etl/checksum.ts';
import { runPrefix } from '../etl/lake-keys.ts';
import type { ManifestFile, Measure } from '../etl/manifest.ts';
import { ESCAPES, FIELD_END, NULL_TEXT, sumScale } from '../etl/source-sql.ts';
import type { LakeColumn, LakeContract, LakeSource, LakeTable } from '../lake/contract.ts';
import type { LoadDayRequest } from '../platform/engine.ts';
import { makeFolder, syncFile } from './atomic-file.ts';
import { literal } from './duckdb.ts';
import type { Landed } from './extract-source.ts';
import { lakePath } from './lake.ts';
import { engineFailed, landedFileDamaged } from './lake-errors.ts';

/** The rows of a Parquet row group; DuckDB's own default, small enough to write with little memory. */
const ROW_GROUP_ROWS = 122_880;
/** What a thread reads of a landed file at a time. DuckDB's 32 MB cost 75 MB more at the peak, and gain nothing. */
const READ_BUFFER_BYTES = 8 << 20;

/** Shows the day and its window to transforms and checks as the one-row view `run_params`. */
export async function showRunParams(connection: DuckDBConnection, request: LoadDayRequest): Promise<void> {
  const { fromUtc, toUtc } = request.window;
  await connection.run(
    `CREATE VIEW run_params AS SELECT CAST(${literal(request.date)} AS DATE) AS dt, CAST(${literal(fromUtc)} AS TIMESTAMP) AS lo_utc, CAST(${literal(toUtc)} AS TIMESTAMP) AS hi_utc`,
  );
}

/** Shows a landed file to transforms as `src_<table>`, with the contract's types. */
export async function showLanded(
  connection: DuckDBConnection,
  source: LakeSource,
  landed: Landed,
): Promise<void> {
  const bytes = statSync(landed.path, { throwIfNoEntry: false })?.size;
  if (bytes !== landed.bytes)
    throw landedFileDamaged(landed.path, `${bytes ?? 'no'} bytes instead of ${landed.bytes}`);
  const texts = source.columns.map((column) => `${literal(column.name)}: 'VARCHAR'`).join(', ');
  const casts = source.columns.map(
    (column) => `CAST(${asWritten(column)} AS ${reckonedType(column.type)}) AS ${column.name}`,
  );
  await connection.run(`CREATE VIEW src_${source.table} AS SELECT ${casts.join(', ')} FROM read_csv(${literal(landed.path)},
    columns = {${texts}}, auto_detect = false, header = false, delim = ${literal(FIELD_END)}, quote = '', escape = '',
    comment = '', nullstr = ${literal(NULL_TEXT)}, new_line = '\\n', buffer_size = ${READ_BUFFER_BYTES}, null_padding = false, ignore_errors = false)`);
}

/** Runs the transform and writes its rows below the run's own prefix, where nothing is yet. */
export async function writeTable(
  table: LakeTable,
  deps: { readonly connection: DuckDBConnection; readonly request: LoadDayRequest; readonly folder: string },
): Promise<{ readonly prefix: string; readonly files: readonly ManifestFile[] }> {
  const { contract } = table;
  const prefix = runPrefix({ table: contract.table, day: deps.request.date, runId: deps.request.runId });
  const folder = lakePath(deps.folder, prefix.slice(0, -1));
  await makeFolder(folder);
  const path = join(folder, `part-00000.${contract.format}`);
  await deps.connection.run(`COPY (${table.transform}\n) TO ${literal(path)} (${copyOptions(contract)})`);
  await syncFile(path);
  const { rows } = await showTable(deps.connection, table, folder);
  const file = { key: `${prefix}part-00000.${contract.format}`, bytes: statSync(path).size, rows };
  return { prefix, files: [file] };
}

/** Shows a table's written files under the table's own name, and makes sure they have the contract's columns. */
export async function showTable(
  connection: DuckDBConnection,
  { contract }: LakeTable,
  folder: string,
): Promise<{ readonly rows: number }> {
  await connection.run(
    `CREATE OR REPLACE VIEW ${contract.table} AS SELECT * FROM ${filesIn(folder, contract)}`,
  );
  const described = await connection.runAndReadAll(`DESCRIBE ${contract.table}`);
  const actual = described.getRowsJson().map((row) => `${row[0]} ${row[1]}`);
  const wanted = contract.columns.map((column) => `${column.name} ${duckdbType(column.type)}`);
  if (actual.join() !== wanted.join()) {
    throw engineFailed(
      `write ${contract.table}`,
      `its files hold (${actual.join(', ')}), the contract says (${wanted.join(', ')})`,
    );
  }
  const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${contract.table}`);
  return { rows: Number(counted.getRowsJson()[0]?.[0]) };
}

/** Counts, sums and checksum of the rows under the table's name. */
export async function measureTable(connection: DuckDBConnection, { contract }: LakeTable): Promise<Measure> {
  const sums = contract.sums.map((name) => {
    const scale = sumScale(contract.columns.find((column) => column.name === name));
    return `CAST(coalesce(sum(${name}), 0) AS DECIMAL(38,${scale}))`;
  });
  const values = ['count(*)', duckdbChecksum(contract.columns), ...sums].map(
    (value) => `CAST(${value} AS VARCHAR)`,
  );
  const result = await connection.runAndReadAll(`SELECT ${values.join(', ')} FROM ${contract.table}`);
  return measureOf(contract, (result.getRowsJson()[0] ?? []).map(String));
}

/** A measured row of texts, in the order measureSql and measureTable give: rows, checksum, sums. */
export function measureOf(contract: LakeContract, texts: readonly string[]): Measure {
  const sums = contract.sums.map((name, index) => {
    const scale = sumScale(contract.columns.find((column) => column.name === name));
    return [name, withScale(texts[index + 2] ?? '', scale)] as const;
  });
  return { rows: Number(texts[0]), checksum: texts[1] ?? '', sums: Object.fromEntries(sums) };
}

/** `0` and `0.00` are the same sum: the side that had no rows writes it short. */
function withScale(text: string, scale: number): string {
  const [whole = '', fraction = ''] = text.split('.');
  return scale === 0 ? whole : `${whole}.${fraction.padEnd(scale, '0')}`;
}

/** Whole numbers of every width are reckoned with as BIGINT, as MySQL does; the output's CAST narrows them. */
function reckonedType(type: string): string {
  return /^(tinyint|smallint|int)$/.test(type) ? 'BIGINT' : type.toUpperCase();
}

function asWritten({ name, type }: { readonly name: string; readonly type: string }): string {
  if (type !== 'string') return name;
  return ESCAPES.toReversed().reduce(
    (text, one) => `replace(${text}, ${literal(one.text)}, chr(${one.code}))`,
    name,
  );
}

function copyOptions({ format, columns }: LakeContract): string {
  if (format === 'parquet') return `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}`;
  const texts = columns.filter((column) => column.type === 'string').map((column) => column.name);
  const quoted = texts.length === 0 ? '' : `, FORCE_QUOTE (${texts.join(', ')})`;
  return `FORMAT csv, HEADER true, NULLSTR '', QUOTE '"', ESCAPE '"'${quoted}`;
}

function filesIn(folder: string, { format, columns }: LakeContract): string {
  const files = literal(join(folder, `*.${format}`));
  if (format === 'parquet') return `read_parquet(${files}, hive_partitioning = false)`;
  const types = columns
    .map((column) => `${literal(column.name)}: ${literal(duckdbType(column.type))}`)
    .join(', ');
  return `read_csv(${files}, columns = {${types}}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, hive_partitioning = false)`;
}

function duckdbType(type: LakeColumn['type']): string {
  if (type === 'string') return 'VARCHAR';
  return type === 'int' ? 'INTEGER' : type.toUpperCase();
}
