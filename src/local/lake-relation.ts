import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { typeOfText } from '../athena/sql/parse-type.ts';
import { duckdbType, type Type } from '../athena/types/type.ts';
import type { CatalogColumn, CatalogPartition, CatalogTable } from '../platform/catalog.ts';
import { CRAWLED } from './crawl.ts';
import { identifier, literal } from './duckdb.ts';
import { onlyCrawled } from './warehouse-errors.ts';

/** Parameter of CSV tables that dp wrote: a header, and every text in quotes, so that NULL is not the empty text. */
export const QUOTED_CSV = 'dp.csv';
/** Parameter of the tables that days are published to. */
const PUBLISHED = 'dp.load';

/** Tables that `dp etl` publishes; nobody else writes them. */
export function isPublished(table: CatalogTable): boolean {
  return table.parameters[PUBLISHED] !== undefined;
}

/**
 * What stands in FROM for a table: a SELECT over the files that the catalog points at just now, with the columns in
 * the types of the catalog, and "$path". One query so sees one state of the lake.
 */
export async function relationOf(
  table: CatalogTable,
  partitions: readonly CatalogPartition[],
): Promise<LakeRelation> {
  if (table.parameters[CRAWLED] !== undefined) throw onlyCrawled(`${table.database}.${table.name}`);
  const folders =
    table.partitionKeys.length === 0
      ? [{ location: table.location, values: [] }]
      : partitions.filter((partition) => partition.parameters['dp.rows'] !== '0');
  if (isPublished(table) && folders.every((folder) => isHiveFolder(folder, table)))
    return { sql: publishedRelation(table, folders), bytes: publishedBytes(partitions) };
  const selects: string[] = [];
  let bytes = 0;
  for (const folder of folders) {
    const files = await filesIn(folder.location, table);
    if (files.length === 0) continue;
    selects.push(selectOf(table, { files, values: folder.values }));
    bytes += await bytesOf(files);
  }
  return { sql: `(${selects.length === 0 ? emptySelect(table) : selects.join(' UNION ALL ')})`, bytes };
}

export interface LakeRelation {
  readonly sql: string;
  /** Of all its files. */
  readonly bytes: number;
}

function publishedBytes(partitions: readonly CatalogPartition[]): number {
  return partitions.reduce((sum, { parameters }) => sum + Number(parameters['dp.bytes'] ?? 0), 0);
}

async function bytesOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

interface Folder {
  readonly location: string;
  readonly values: readonly string[];
}

/** Whether the folder's name says the partition's values, so that DuckDB can leave out folders by itself. */
function isHiveFolder({ location, values }: Folder, table: CatalogTable): boolean {
  const name = table.partitionKeys.map((key, index) => `${key.name}=${values[index] ?? ''}/`).join('');
  return /^[\w=/.-]*$/.test(name) && location.endsWith(`/${name}`);
}

function publishedRelation(table: CatalogTable, folders: readonly Folder[]): string {
  if (folders.length === 0) return `(${emptySelect(table)})`;
  const files = folders.map(({ location }) => literal(`${pathOf(location)}*.${table.format}`)).join(', ');
  const keys = table.partitionKeys.map((key) => `${literal(key.name)}: 'VARCHAR'`).join(', ');
  const hive =
    table.partitionKeys.length > 0
      ? `hive_partitioning = true, hive_types = {${keys}}`
      : 'hive_partitioning = false';
  const source =
    table.format === 'parquet'
      ? `read_parquet([${files}], union_by_name = true, ${hive})`
      : `read_csv([${files}], ${QUOTED_CSV_OPTIONS}, ${hive})`;
  const items = [...table.columns, ...table.partitionKeys].map((column) => itemOf(column));
  return `(SELECT ${[...items, PATH_ITEM].join(', ')} FROM ${source})`;
}

const QUOTED_CSV_OPTIONS =
  "header = true, all_varchar = true, nullstr = '', allow_quoted_nulls = false, quote = '\"', escape = '\"', delim = ',', union_by_name = true";

function selectOf(
  table: CatalogTable,
  folder: { files: readonly string[]; values: readonly string[] },
): string {
  const files = `[${folder.files.map(literal).join(', ')}]`;
  const isPlainCsv =
    table.format === 'csv' && !isPublished(table) && table.parameters[QUOTED_CSV] === undefined;
  const columns = table.columns.map((column) => itemOf(column, isPlainCsv));
  const keys = table.partitionKeys.map((key, index) => {
    const value = `CAST(${partitionValue(folder.values[index] ?? '')} AS ${typeOf(key)})`;
    return `${value} AS ${identifier(key.name)}`;
  });
  const source =
    table.format === 'parquet'
      ? `read_parquet(${files}, union_by_name = true, hive_partitioning = false)`
      : isPlainCsv
        ? plainCsv(table, files)
        : `read_csv(${files}, ${QUOTED_CSV_OPTIONS}, hive_partitioning = false)`;
  return `SELECT ${[...columns, ...keys, PATH_ITEM].join(', ')} FROM ${source}`;
}

/** What Hive writes for NULL where a folder's name has to say it. */
export const NULL_PARTITION = '__HIVE_DEFAULT_PARTITION__';

function partitionValue(value: string): string {
  return value === NULL_PARTITION ? 'NULL' : literal(value);
}

/** CSV as others write it: columns by their place, as many lines skipped as the table says. */
function plainCsv(table: CatalogTable, files: string): string {
  const columns = table.columns.map((column) => `${literal(column.name)}: 'VARCHAR'`).join(', ');
  const skip = Number(table.parameters['skip.header.line.count'] ?? 0);
  const delimiter = table.parameters['field.delim'] ?? ',';
  return `read_csv(${files}, header = false, skip = ${skip}, auto_detect = false, columns = {${columns}}, delim = ${literal(delimiter)}, quote = '"', escape = '"', nullstr = '\\N', null_padding = true, hive_partitioning = false)`;
}

/** Always a file URI, as Athena shows an object's address. */
const PATH_ITEM = `'file://' || replace(replace(url_encode(filename), '%2F', '/'), '%3D', '=') AS "$path"`;

/** `emptyIsNull` where a file cannot say NULL in any other way for what is no text. */
function itemOf(column: CatalogColumn, emptyIsNull = false): string {
  const type = parsedType(column);
  const name = identifier(column.name);
  const read = emptyIsNull && type.base !== 'varchar' ? `NULLIF(${name}, '')` : name;
  const value = `CAST(${read} AS ${duckdbType(type)})`;
  if (type.base !== 'timestamp') return `${value} AS ${name}`;
  return `${inMilliseconds(value)} AS ${name}, ${value} AS ${identifier(exactColumnOf(column.name))}`;
}

/** The column of a relation that has a timestamp as its file does, for conditions that are quick on it. */
export function exactColumnOf(name: string): string {
  return `$exact ${name}`;
}

/** Athena's timestamps in tables are timestamp(3), whatever the files hold; it rounds, half up. */
function inMilliseconds(sql: string): string {
  const micros = `epoch_us(${sql})`;
  return `make_timestamp((${micros} + CASE WHEN ${micros} >= 0 THEN 500 ELSE -499 END) // 1000 * 1000)`;
}

function emptySelect(table: CatalogTable): string {
  const nulls = [...table.columns, ...table.partitionKeys].flatMap((column) => {
    const value = `CAST(NULL AS ${typeOf(column)})`;
    const exact = `${value} AS ${identifier(exactColumnOf(column.name))}`;
    return [`${value} AS ${identifier(column.name)}`, ...(isTimestamp(column) ? [exact] : [])];
  });
  return `SELECT ${nulls.join(', ')}, CAST(NULL AS VARCHAR) AS "$path" WHERE false`;
}

function typeOf(column: CatalogColumn): string {
  return duckdbType(parsedType(column));
}

export function isTimestamp(column: CatalogColumn): boolean {
  return parsedType(column).base === 'timestamp';
}

export function parsedType(column: CatalogColumn): Type {
  return typeOfText(column.type);
}

/** Every file below the folder but those whose names begin with `_` or `.`, as Athena reads them. */
async function filesIn(location: string, table: CatalogTable): Promise<string[]> {
  const folder = pathOf(location);
  const isDeep = table.partitionKeys.length === 0;
  const entries = await readdir(folder, { withFileTypes: true, recursive: isDeep }).catch(absent);
  return entries
    .filter((entry) => entry.isFile() && !/^[_.]/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\/[_.]/.test(path.slice(folder.length)))
    .sort();
}

function absent(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
  throw error;
}

export function pathOf(location: string): string {
  return location.startsWith('file://') ? fileURLToPath(location) : location;
}
