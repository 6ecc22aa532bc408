import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
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

/** The catalog of this machine, which statements may change as well. */
export interface LocalCatalog extends Catalog {
  /** Makes a table with all its partitions in one step. False when there is one of this name. */
  createTable(table: CatalogTable, partitions: readonly CatalogPartition[]): Promise<boolean>;
  /** Takes an empty database away. */
  deleteDatabase(database: string): Promise<void>;
}

const TABLE_FILE = 'table.json';
const NAME = /^[a-z0-9_]{1,255}$/;

/**
 * The catalog as JSON files: `<database>/<table>/table.json`, and one file per partition beside it. Each is
 * replaced by one rename, which is what makes a switch atomic.
 */
export function openLocalCatalog({ folder }: LocalCatalogInput): LocalCatalog {
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
    return join(tableFolder(name), partitionFileName(keys, values));
  }
  const draftFolder = async (): Promise<string> => {
    await mkdir(drafts.workFolder, { recursive: true });
    return join(drafts.workFolder, `table-${randomBytes(6).toString('hex')}`);
  };
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
    async createTable(table, partitions) {
      const target = tableFolder({ database: table.database, table: table.name });
      const draft = await draftFolder();
      await put(join(draft, TABLE_FILE), table);
      for (const partition of partitions)
        await put(join(draft, partitionFileName(table.partitionKeys, partition.values)), partition);
      await mkdir(join(folder, named(table.database)), { recursive: true });
      const isMade = await rename(draft, target).then(() => true, occupied);
      if (!isMade) await rm(draft, { recursive: true });
      return isMade;
    },
    deleteDatabase: (database) => rmdir(join(folder, named(database))),
    async deleteTable(name) {
      // Out of sight in one step; only then are its files taken away.
      const draft = await draftFolder();
      await rename(tableFolder(name), draft).catch(absent);
      await rm(draft, { recursive: true, force: true });
    },
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

function partitionFileName(keys: CatalogTable['partitionKeys'], values: readonly string[]): string {
  const parts = keys.map((key, index) => `${key.name}=${encodeURIComponent(values[index] ?? '')}`);
  return `${parts.join(',')}.json`;
}

/** Whether a name can be that of a database or table. */
export function isCatalogName(name: string): boolean {
  return NAME.test(name);
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

function occupied(error: NodeJS.ErrnoException): false {
  if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST') return false;
  throw error;
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
