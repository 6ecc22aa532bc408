import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Change } from '../athena/plan/plan-change.ts';
import type { CatalogPartition, CatalogTable } from '../platform/catalog.ts';
import type { ChangeAnswer, ChangeDeps } from './carry-out-change.ts';
import { pathOf } from './lake-relation.ts';
import { catalogRefuses, notAFolderHere } from './warehouse-errors.ts';

/** MSCK REPAIR TABLE: takes in every folder `key=value/` below the table that the catalog does not know. */
export async function repairTable(table: CatalogTable, { writes }: ChangeDeps): Promise<ChangeAnswer> {
  const name = { database: table.database, table: table.name };
  const known = new Set((await writes.catalog.listPartitions(name)).map(({ values }) => values.join('\0')));
  const found = await partitionFolders(pathOf(table.location), table);
  const added = found.filter(({ values }) => !known.has(values.join('\0')));
  for (const partition of added) await writes.catalog.switchPartition(name, partition);
  const rows = added.map(({ values }) => [
    `Repair: Added partition to metastore ${table.name}:${folderName(table, values)}`,
  ]);
  return { columns: [{ name: 'result', type: 'varchar' }], rows };
}

export async function addPartitions(
  table: CatalogTable,
  change: Change & { kind: 'add-partitions' },
  { writes }: ChangeDeps,
): Promise<void> {
  const name = { database: table.database, table: table.name };
  const wanted: CatalogPartition[] = [];
  for (const { values, location } of change.partitions) {
    if (location !== undefined && !location.startsWith('file:///')) throw notAFolderHere(location);
    const isThere = (await writes.catalog.findPartition(name, values)) !== undefined;
    if (isThere && !change.ifNotExists) {
      const which = folderName(table, values);
      throw catalogRefuses(`The partition ${which} of ${table.name} exists already.`, 'ADD IF NOT EXISTS …');
    }
    if (!isThere)
      wanted.push({ values, location: location ?? partitionLocation(table, values), parameters: {} });
  }
  for (const partition of wanted) await writes.catalog.switchPartition(name, partition);
}

export async function dropPartitions(
  table: CatalogTable,
  change: Change & { kind: 'drop-partitions' },
  { writes }: ChangeDeps,
): Promise<void> {
  const name = { database: table.database, table: table.name };
  for (const values of change.partitions) {
    if (change.ifExists || (await writes.catalog.findPartition(name, values)) !== undefined) continue;
    const which = folderName(table, values);
    throw catalogRefuses(`There is no partition ${which} of ${table.name}.`, `SHOW PARTITIONS ${table.name}`);
  }
  for (const values of change.partitions) await writes.catalog.deletePartition(name, values);
}

/** `dt=2026-11-22/region=jp` */
function folderName({ partitionKeys }: CatalogTable, values: readonly string[]): string {
  return partitionKeys
    .map((key, index) => `${key.name}=${encodeURIComponent(values[index] ?? '')}`)
    .join('/');
}

/** Where a partition's files go unless somebody says otherwise. */
export function partitionLocation(table: CatalogTable, values: readonly string[]): string {
  return `${pathToFileURL(join(pathOf(table.location), folderName(table, values))).href}/`;
}

/** The partitions whose folders lie below `folder`, one level for each key. */
export async function partitionFolders(
  folder: string,
  table: Pick<CatalogTable, 'partitionKeys'>,
): Promise<CatalogPartition[]> {
  if (table.partitionKeys.length === 0) return [];
  let level: { path: string; values: string[] }[] = [{ path: folder, values: [] }];
  for (const key of table.partitionKeys) {
    const next: typeof level = [];
    for (const { path, values } of level) {
      for (const name of await foldersIn(path)) {
        const [given = '', ...rest] = name.split('=');
        if (rest.length === 0 || given.toLowerCase() !== key.name) continue;
        next.push({ path: join(path, name), values: [...values, decoded(rest.join('='))] });
      }
    }
    level = next;
  }
  return level.map(({ path, values }) => ({
    values,
    location: `${pathToFileURL(path).href}/`,
    parameters: {},
  }));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // Not encoded at all: the name itself is the value.
  }
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory() && !/^[_.]/.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}
