import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Catalog, CatalogPartition, CatalogTable, TableName } from '../platform/catalog.ts';
import { assert } from '../std/assert.ts';
import { messageOf } from '../std/failure.ts';
import { replaceFile } from './atomic-file.ts';
import { catalogUnreadable } from './lake-errors.ts';

export interface LocalCatalogInput {
  /** The absolute folder of the catalog's JSON files. Made when it is missing. */
  readonly folder: string;
}

const TABLE_FILE = 'table.json';
const NAME = /^[a-z0-9_]{1,255}$/;

/**
 * The catalog as JSON files: `<database>/<table>/table.json`, and one file per partition beside it. Each is
 * replaced by one rename, which is what makes a switch atomic.
 */
export function openLocalCatalog({ folder }: LocalCatalogInput): Catalog {
  const drafts = { workFolder: join(folder, '.drafts') };
  const put = (path: string, value: unknown): Promise<void> =>
    replaceFile(path, new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`), drafts);
  const tableFolder = ({ database, table }: TableName): string => join(folder, named(database), named(table));
  // A name that no table can have is asked for by SQL, too: there is simply no such table.
  const findTable = async (name: TableName): Promise<CatalogTable | undefined> =>
    NAME.test(name.database) && NAME.test(name.table)
      ? readJson<CatalogTable>(join(tableFolder(name), TABLE_FILE))
      : undefined;

  async function partitionFile(name: TableName, values: readonly string[]): Promise<string> {
    const keys = (await findTable(name))?.partitionKeys ?? [];
    assert(
      keys.length === values.length && keys.length > 0,
      `${name.table} has ${keys.length} partition keys`,
    );
    const parts = keys.map((key, index) => `${key.name}=${encodeURIComponent(values[index] ?? '')}`);
    return join(tableFolder(name), `${parts.join(',')}.json`);
  }
  return {
    listDatabases: () => namesIn(folder),
    async ensureDatabase(database) {
      await mkdir(join(folder, named(database)), { recursive: true });
    },
    async listTables(database) {
      if (!NAME.test(database)) return [];
      const names = await namesIn(join(folder, named(database)));
      const tables = await Promise.all(names.map((table) => findTable({ database, table })));
      return tables.filter((table) => table !== undefined);
    },
    findTable,
    putTable: (table) =>
      put(join(tableFolder({ database: table.database, table: table.name }), TABLE_FILE), table),
    deleteTable: (name) => rm(tableFolder(name), { recursive: true, force: true }),
    async listPartitions(name) {
      const files = (await filesIn(tableFolder(name))).filter((file) => file.includes('=')).sort();
      const partitions = await Promise.all(
        files.map((file) => readJson<CatalogPartition>(join(tableFolder(name), file))),
      );
      return partitions.filter((partition) => partition !== undefined);
    },
    findPartition: async (name, values) => {
      if ((await findTable(name)) === undefined) return undefined;
      return readJson<CatalogPartition>(await partitionFile(name, values));
    },
    switchPartition: async (name, partition) => put(await partitionFile(name, partition.values), partition),
    deletePartition: async (name, values) => rm(await partitionFile(name, values), { force: true }),
  };
}

function named(name: string): string {
  assert(NAME.test(name), `not a catalog name: ${JSON.stringify(name)}`);
  return name;
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(absent);
  return (entries ?? [])
    .filter((entry) => entry.isDirectory() && NAME.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(absent)) ?? [];
}

async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch(absent);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw catalogUnreadable(path, messageOf(error));
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
