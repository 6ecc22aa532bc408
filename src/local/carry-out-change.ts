import { rm } from 'node:fs/promises';
import type { Change, HiveColumnText, TargetTable } from '../athena/plan/plan-change.ts';
import type { CatalogColumn, CatalogTable } from '../platform/catalog.ts';
import type { ResultColumn, Value } from '../platform/warehouse.ts';
import { isCatalogName, type LocalCatalog } from './catalog.ts';
import { addPartitions, dropPartitions, repairTable } from './change-partitions.ts';
import type { DialectEngine } from './dialect-engine.ts';
import { type KnownLake, VIEW_MARK, VIEW_SQL } from './known-tables.ts';
import { isPublished, pathOf } from './lake-relation.ts';
import type { PreparedStatements } from './prepared-statements.ts';
import { catalogRefuses, notAFolderHere, notLocally, tableIsPublished } from './warehouse-errors.ts';
import { createTableAs, insertRows, MANAGED, unloadRows } from './write-tables.ts';

/** Where statements that change something write. */
export interface LakeWrites {
  readonly catalog: LocalCatalog;
  /** The absolute folder of tables whose place nobody chose. */
  readonly tablesFolder: string;
  readonly prepared: PreparedStatements;
}

export interface ChangeDeps {
  readonly writes: LakeWrites;
  readonly engine: DialectEngine;
  readonly lake: KnownLake;
  readonly signal: AbortSignal | undefined;
}

export interface ChangeAnswer {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Value[])[];
}

const DONE: ChangeAnswer = { columns: [], rows: [] };

/** Carries out a planned statement that changes the catalog or writes files. Done in whole, or nothing is changed. */
export async function carryOut(change: Change, deps: ChangeDeps): Promise<ChangeAnswer> {
  switch (change.kind) {
    case 'create-view':
      return createView(change, deps);
    case 'drop-view':
    case 'drop-table':
      return dropTable(change, deps);
    case 'create-database':
      return createDatabase(change, deps);
    case 'drop-database':
      return dropDatabase(change, deps);
    case 'create-external-table':
      return createExternalTable(change, deps);
    case 'repair-table':
      return repairTable(ownTable(change.target, 'repair', deps), deps);
    case 'add-partitions':
      await addPartitions(ownTable(change.target, 'add partitions to', deps), change, deps);
      return DONE;
    case 'drop-partitions':
      await dropPartitions(ownTable(change.target, 'drop partitions of', deps), change, deps);
      return DONE;
    case 'create-table-as':
      if (!(await mayCreate(change, deps))) return DONE;
      return written(await createTableAs(change, deps));
    case 'insert':
      return written(await insertRows(ownTable(change.target, 'insert into', deps), change, deps));
    case 'unload':
      return written(await unloadRows(change, deps));
  }
}

function written(rows: number): ChangeAnswer {
  return { columns: [{ name: 'rows', type: 'bigint' }], rows: [[rows]] };
}

async function createView(change: Change & { kind: 'create-view' }, deps: ChangeDeps): Promise<ChangeAnswer> {
  const { target } = change;
  await checkPlace(target, deps);
  const found = await find(target, deps);
  if (found !== undefined && !isView(found))
    throw catalogRefuses(`${nameOf(target)} is a table, not a view.`, 'Choose another name for the view.');
  if (found !== undefined && !change.replace)
    throw catalogRefuses(`The view ${nameOf(target)} exists already.`, 'CREATE OR REPLACE VIEW replaces it.');
  await deps.writes.catalog.putTable({
    database: target.database,
    name: target.table,
    columns: change.hiveColumns.map(catalogColumn),
    partitionKeys: [],
    format: 'parquet',
    location: '',
    parameters: { [VIEW_MARK]: 'true', comment: 'Presto View', [VIEW_SQL]: change.sql },
  });
  return DONE;
}

async function dropTable(
  change: Change & { kind: 'drop-view' | 'drop-table' },
  deps: ChangeDeps,
): Promise<ChangeAnswer> {
  const { target } = change;
  const found = await find(target, deps);
  const [what, other] = change.kind === 'drop-view' ? ['view', 'table'] : ['table', 'view'];
  if (found === undefined) {
    if (change.ifExists) return DONE;
    throw catalogRefuses(`There is no ${what} ${nameOf(target)}.`, 'dp catalog list');
  }
  if (isView(found) !== (change.kind === 'drop-view'))
    throw catalogRefuses(`${nameOf(target)} is a ${other}.`, `DROP ${other?.toUpperCase()} ${target.table}`);
  if (isPublished(found)) throw tableIsPublished(nameOf(target), 'drop');
  await deps.writes.catalog.deleteTable(target);
  // Files go only where dp chose their place itself: Athena's DROP TABLE leaves data where it lies.
  if (found.parameters[MANAGED] !== undefined)
    await rm(pathOf(found.location), { recursive: true, force: true });
  return DONE;
}

async function createDatabase(
  change: Change & { kind: 'create-database' },
  { writes: { catalog } }: ChangeDeps,
): Promise<ChangeAnswer> {
  const { database } = change;
  if (change.location !== undefined) throw notLocally('CREATE DATABASE with a LOCATION');
  checkName(database);
  if ((await catalog.listDatabases()).includes(database)) {
    if (change.ifNotExists) return DONE;
    throw catalogRefuses(`The database ${database} exists already.`, 'CREATE DATABASE IF NOT EXISTS …');
  }
  await catalog.ensureDatabase(database);
  return DONE;
}

async function dropDatabase(
  change: Change & { kind: 'drop-database' },
  deps: ChangeDeps,
): Promise<ChangeAnswer> {
  const { database } = change;
  const { catalog } = deps.writes;
  if (!(await catalog.listDatabases()).includes(database)) {
    if (change.ifExists) return DONE;
    throw catalogRefuses(`There is no database ${database}.`, 'SHOW DATABASES');
  }
  const tables = await catalog.listTables(database);
  const published = tables.find(isPublished);
  if (published !== undefined) throw tableIsPublished(`${database}.${published.name}`, 'drop');
  if (tables.length > 0 && !change.cascade)
    throw catalogRefuses(`The database ${database} has tables.`, `DROP DATABASE ${database} CASCADE`);
  for (const table of tables) {
    const kind = isView(table) ? 'drop-view' : 'drop-table';
    await dropTable({ kind, target: { database, table: table.name }, ifExists: true }, deps);
  }
  await catalog.deleteDatabase(database);
  return DONE;
}

async function createExternalTable(
  change: Change & { kind: 'create-external-table' },
  deps: ChangeDeps,
): Promise<ChangeAnswer> {
  if (!change.location.startsWith('file:///')) throw notAFolderHere(change.location);
  if (!(await mayCreate(change, deps))) return DONE;
  // Properties that mean something to dp itself are not for others to set.
  const properties = Object.entries(change.properties).filter(([key]) => !/^(dp\.|presto_view$)/.test(key));
  const { target, description, delimiter } = change;
  const isMade = await deps.writes.catalog.createTable(
    {
      database: target.database,
      name: target.table,
      ...(description === undefined ? {} : { description }),
      columns: change.hiveColumns.map(catalogColumn),
      partitionKeys: change.partitionKeys.map(catalogColumn),
      format: change.format,
      location: change.location,
      parameters: {
        EXTERNAL: 'TRUE',
        ...Object.fromEntries(properties),
        ...(delimiter === undefined ? {} : { 'field.delim': delimiter }),
      },
    },
    [],
  );
  if (!isMade) throw existsAlready(target);
  return DONE;
}

/** Whether the table is still to be made. Throws when it exists and the statement does not allow for it. */
async function mayCreate(
  { target, ifNotExists }: { readonly target: TargetTable; readonly ifNotExists: boolean },
  deps: ChangeDeps,
): Promise<boolean> {
  await checkPlace(target, deps);
  if ((await find(target, deps)) === undefined) return true;
  if (ifNotExists) return false;
  throw existsAlready(target);
}

export function existsAlready(target: TargetTable): Error {
  return catalogRefuses(`The table ${nameOf(target)} exists already.`, `DROP TABLE ${target.table}`);
}

async function checkPlace({ database, table }: TargetTable, { writes }: ChangeDeps): Promise<void> {
  checkName(table);
  if (!(await writes.catalog.listDatabases()).includes(database))
    throw catalogRefuses(`There is no database ${database}.`, `CREATE DATABASE ${database}`);
}

function checkName(name: string): void {
  if (isCatalogName(name)) return;
  throw catalogRefuses(
    `${JSON.stringify(name)} cannot be a name in the catalog.`,
    'Names are made of a-z, 0-9 and _.',
  );
}

/** The catalog's entry of a table that people may write. The planner has found it already. */
function ownTable(target: TargetTable, what: string, { lake }: ChangeDeps): CatalogTable {
  const found = lake.entryOf(target);
  if (found === undefined) throw catalogRefuses(`There is no table ${nameOf(target)}.`, 'dp catalog list');
  if (isView(found)) throw catalogRefuses(`${nameOf(target)} is a view.`, 'dp catalog list');
  if (isPublished(found)) throw tableIsPublished(nameOf(target), what);
  return found;
}

function find({ database, table }: TargetTable, { writes }: ChangeDeps): Promise<CatalogTable | undefined> {
  return writes.catalog.findTable({ database, table });
}

function isView(table: CatalogTable): boolean {
  return table.parameters[VIEW_SQL] !== undefined;
}

function nameOf({ database, table }: TargetTable): string {
  return `${database}.${table}`;
}

export function catalogColumn(column: HiveColumnText): CatalogColumn {
  return column.comment === undefined
    ? { name: column.name, type: column.type }
    : { name: column.name, type: column.type, comment: column.comment };
}
