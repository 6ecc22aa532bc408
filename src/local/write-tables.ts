import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Change, WrittenQuery } from '../athena/plan/plan-change.ts';
import type { CatalogPartition, CatalogTable } from '../platform/catalog.ts';
import { type ChangeDeps, catalogColumn, existsAlready } from './carry-out-change.ts';
import { partitionFolders, partitionLocation } from './change-partitions.ts';
import { identifier, literal } from './duckdb.ts';
import { borrowConnection } from './engine-connection.ts';
import { pathOf, QUOTED_CSV } from './lake-relation.ts';
import { catalogRefuses, notAFolderHere, notLocally, timestampPrecision } from './warehouse-errors.ts';

/** Parameter of tables whose folder dp chose: it goes with the table. */
export const MANAGED = 'dp.managed';

/** CREATE TABLE AS: the files first, where nobody looks, then the table with all its partitions in one step. */
export async function createTableAs(
  change: Change & { kind: 'create-table-as' },
  deps: ChangeDeps,
): Promise<number> {
  const { target, query } = change;
  refuseTimestampPrecision(query);
  const { catalog, tablesFolder } = deps.writes;
  const folder =
    change.location === undefined
      ? join(tablesFolder, target.database, target.table, randomUUID())
      : folderOf(change.location);
  const table: CatalogTable = {
    database: target.database,
    name: target.table,
    columns: query.hiveColumns.map(catalogColumn),
    partitionKeys: query.partitionKeys.map(catalogColumn),
    format: query.format,
    location: `${pathToFileURL(folder).href}/`,
    parameters: {
      EXTERNAL: 'TRUE',
      ...(query.format === 'csv' ? { [QUOTED_CSV]: 'quoted', 'skip.header.line.count': '1' } : {}),
      ...(change.location === undefined ? { [MANAGED]: 'true' } : {}),
    },
  };
  const rows = change.withData ? await writeFolder(folder, { query, isTable: true }, deps) : 0;
  try {
    const isMade = await catalog.createTable(table, await partitionFolders(folder, table));
    if (!isMade) throw existsAlready(target);
  } catch (error) {
    if (change.withData) await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return rows;
}

/** Tables have timestamp(3) only; Athena makes none of another precision, and rounding would lose what was there. */
function refuseTimestampPrecision({ columns }: WrittenQuery): void {
  for (const { name, type } of columns) {
    const other = /timestamp\((?!3\))\d+\)/.exec(type)?.[0];
    if (other !== undefined) throw timestampPrecision(name, other);
  }
}

/** INSERT INTO: new files beside the others, out of sight until the last of them is whole. */
export async function insertRows(
  table: CatalogTable,
  change: Change & { kind: 'insert' },
  deps: ChangeDeps,
): Promise<number> {
  if (table.format === 'csv' && table.parameters[QUOTED_CSV] === undefined)
    throw notLocally(`INSERT INTO ${table.name}: it is CSV in a form that dp did not write`);
  const folder = pathOf(table.location);
  const draft = join(folder, `.dp-${randomUUID()}`);
  try {
    const rows = await writeFiles(draft, { query: change.query, isTable: true }, deps);
    await takeIn(table, draft, deps);
    return rows;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** UNLOAD: a folder that was empty or missing has all the files, or none. */
export async function unloadRows(change: Change & { kind: 'unload' }, deps: ChangeDeps): Promise<number> {
  return writeFolder(folderOf(change.location), { query: change.query, isTable: false }, deps);
}

interface Written {
  readonly query: WrittenQuery;
  /** Whether a table will read the files: then its CSV keeps NULL apart from the empty text. */
  readonly isTable: boolean;
}

function folderOf(location: string): string {
  if (!location.startsWith('file:///')) throw notAFolderHere(location);
  return fileURLToPath(location).replace(/\/+$/, '');
}

/** Makes the folder with its files in one step. */
async function writeFolder(folder: string, written: Written, deps: ChangeDeps): Promise<number> {
  const draft = join(dirname(folder), `.dp-${randomUUID()}`);
  try {
    const rows = await writeFiles(draft, written, deps);
    await rename(draft, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST' && error.code !== 'ENOTDIR') throw error;
      throw catalogRefuses(`The folder ${folder} is not empty.`, 'Name a folder that is empty or missing.');
    });
    return rows;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Writes the rows to files in a new folder, in folders below it for partitions. Gives their number. */
async function writeFiles(folder: string, written: Written, deps: ChangeDeps): Promise<number> {
  const { query } = written;
  const isPartitioned = query.partitionKeys.length > 0;
  const options = isPartitioned
    ? [
        `PARTITION_BY (${query.partitionKeys.map((key) => identifier(key.name)).join(', ')})`,
        "FILENAME_PATTERN 'part-{uuid}'",
      ]
    : [];
  const format = formatOptions(written);
  const file = `part-${randomUUID()}.${format.extension}`;
  const target = isPartitioned ? folder : join(folder, file);
  await mkdir(folder, { recursive: true });
  const work = await borrowConnection(deps.signal, deps.engine);
  try {
    const done = await work.connection.run(
      `COPY (${query.duckdbSql}\n) TO ${literal(target)} (${[...format.options, ...options].join(', ')})`,
    );
    return done.rowsChanged;
  } catch (error) {
    throw work.explained(error);
  } finally {
    work.end();
  }
}

function formatOptions({ query, isTable }: Written): { options: string[]; extension: string } {
  const { compression } = query;
  if (query.format === 'parquet')
    return { options: ['FORMAT parquet', `COMPRESSION ${literal(compression)}`], extension: 'parquet' };
  const end = { gzip: '.gz', zstd: '.zst', uncompressed: '' }[compression];
  if (end === undefined) throw notLocally(`CSV files with the compression ${compression}`);
  const packed = end === '' ? [] : [`COMPRESSION ${literal(compression)}`];
  const quotes = isTable ? ['HEADER true', 'FORCE_QUOTE *', "NULLSTR ''"] : ['HEADER false'];
  return { options: ['FORMAT csv', ...quotes, ...packed], extension: `csv${end}` };
}

interface Move {
  readonly from: string;
  readonly to: string;
}

/** Moves the files of a draft into the table; when one cannot be moved, none has been. */
async function takeIn(
  table: CatalogTable,
  draft: string,
  { writes: { catalog } }: ChangeDeps,
): Promise<void> {
  const name = { database: table.database, table: table.name };
  const added: CatalogPartition[] = [];
  const moves: Move[] = [];
  if (table.partitionKeys.length === 0) moves.push(...(await movesOf(draft, pathOf(table.location))));
  for (const partition of await partitionFolders(draft, table)) {
    const found = await catalog.findPartition(name, partition.values);
    const location = found?.location ?? partitionLocation(table, partition.values);
    if (found === undefined) added.push({ ...partition, location });
    moves.push(...(await movesOf(pathOf(partition.location), pathOf(location))));
  }
  const done: Move[] = [];
  try {
    for (const move of moves) {
      await mkdir(dirname(move.to), { recursive: true });
      await rename(move.from, move.to);
      done.push(move);
    }
    for (const partition of added) await catalog.switchPartition(name, partition);
  } catch (error) {
    for (const partition of added) await catalog.deletePartition(name, partition.values);
    for (const move of done) await rm(move.to, { force: true });
    throw error;
  }
}

async function movesOf(from: string, to: string): Promise<Move[]> {
  const files = (await readdir(from, { withFileTypes: true })).filter((entry) => entry.isFile());
  return files.map(({ name }) => ({ from: join(from, name), to: join(to, name) }));
}
