import { LANDING, runOfKey } from '../etl/lake-keys.ts';
import { FIELD_END, NULL_TEXT } from '../etl/source-sql.ts';
import type { CatalogColumn, CatalogTable } from '../platform/catalog.ts';
import { NOT_NULL } from '../platform/crawlers.ts';
import type { Database } from '../platform/database.ts';
import type { Lake } from '../platform/lake.ts';
import { bytesFrom } from './file-bytes.ts';
import { lakePath } from './lake.ts';
import { readColumns } from './source-drift.ts';

/** Parameter of tables that only say what was found: SQL of the lake reads none of them. */
export const CRAWLED = 'dp.crawled';
/** Bytes of a landed file that are looked at to tell its fields and their types. */
const BYTES_LOOKED_AT = 256 * 1024;

/** The tables of the shop's database, each as `<database>_<table>`. */
export async function crawledTables(database: Database, into: string): Promise<CatalogTable[]> {
  await using session = await database.connect('etl_reader');
  const tables = await readColumns(async (sql) => (await session.query(sql)).rows);
  return [...tables].map(([table, columns]) => ({
    database: into,
    name: `${database.name}_${table}`.toLowerCase(),
    columns: columns.map(({ name, type }) => ({ name, type })),
    partitionKeys: [],
    format: 'csv',
    location: `mysql:${database.name}.${table}`,
    parameters: {
      classification: 'mysql',
      [CRAWLED]: 'true',
      [NOT_NULL]: columns
        .filter(({ nullable }) => nullable === false)
        .map(({ name }) => name)
        .join(','),
    },
  }));
}

/** What lies in landed files, by the newest of each table: their fields have no names, and types as their texts look. */
export async function landedTables(
  { lake, lakeFolder }: { readonly lake: Lake; readonly lakeFolder: string },
  into: string,
): Promise<CatalogTable[]> {
  const newest = new Map<string, { readonly key: string; readonly runId: string }>();
  for (const { key, bytes } of await lake.list(LANDING)) {
    const run = runOfKey(key);
    if (run === undefined || bytes === 0 || (newest.get(run.table)?.runId ?? '') > run.runId) continue;
    newest.set(run.table, { key, runId: run.runId });
  }
  const tables: CatalogTable[] = [];
  for (const [table, { key }] of newest) {
    const looked = { offset: 0, length: BYTES_LOOKED_AT };
    const columns = columnsOf((await bytesFrom(lakePath(lakeFolder, key), looked)).toString('utf8'));
    tables.push({
      database: into,
      name: table,
      columns,
      partitionKeys: [
        { name: 'dt', type: 'date' },
        { name: 'run', type: 'string' },
      ],
      format: 'csv',
      location: `${lake.root}${LANDING}${table}/`,
      parameters: { classification: 'csv', delimiter: FIELD_END, [CRAWLED]: 'true' },
    });
  }
  return tables.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function columnsOf(text: string): CatalogColumn[] {
  // The last piece is an unfinished line, or nothing.
  const rows = text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(FIELD_END));
  const width = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: width }, (_, index) => ({
    name: `col${index}`,
    type: typeOf(rows.map((row) => row[index] ?? NULL_TEXT).filter((field) => field !== NULL_TEXT)),
  }));
}

const LOOKS: readonly (readonly [type: string, pattern: RegExp])[] = [
  ['bigint', /^-?\d{1,18}$/],
  ['double', /^-?\d+\.\d+$/],
  ['date', /^\d{4}-\d\d-\d\d$/],
  ['timestamp', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/],
];

function typeOf(fields: readonly string[]): string {
  const look = LOOKS.find(([, pattern]) => fields.every((field) => pattern.test(field)));
  return fields.length === 0 || look === undefined ? 'string' : look[0];
}

/** What changed in the catalog, in words. */
export function summaryOf(before: readonly CatalogTable[], after: readonly CatalogTable[]): string {
  const names = new Map(before.map((table) => [table.name, table]));
  const added = after.filter(({ name }) => !names.has(name)).map(({ name }) => name);
  const gone = before
    .filter(({ name }) => !after.some((table) => table.name === name))
    .map(({ name }) => name);
  const changed = after.flatMap((table) => {
    const was = names.get(table.name);
    return was === undefined || isSameTable(was, table) ? [] : [changeOf(was, table)];
  });
  const parts = [
    ...(added.length > 0 ? [`added ${added.join(', ')}`] : []),
    ...changed,
    ...(gone.length > 0 ? [`deleted ${gone.join(', ')}`] : []),
  ];
  return parts.length === 0 ? 'nothing changed' : parts.join('; ');
}

function changeOf(was: CatalogTable, table: CatalogTable): string {
  const types = new Map(was.columns.map(({ name, type }) => [name, type]));
  const now = new Set(table.columns.map(({ name }) => name));
  const words = [
    ...table.columns.flatMap(({ name, type }) => {
      const before = types.get(name);
      if (before === undefined) return [`+${name} ${type}`];
      return before === type ? [] : [`${name} ${before} → ${type}`];
    }),
    ...was.columns.filter(({ name }) => !now.has(name)).map(({ name }) => `-${name}`),
  ];
  return `updated ${table.name} (${words.length === 0 ? 'which columns may be NULL' : words.join(', ')})`;
}

export function isSameTable(a: CatalogTable, b: CatalogTable): boolean {
  return JSON.stringify([a.columns, a.parameters]) === JSON.stringify([b.columns, b.parameters]);
}
