import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../config/package-root.ts';
import { type LakeCheck, type LakeTable, parseContract } from '../lake/contract.ts';
import { contractInvalid } from '../lake/errors.ts';
import { lintTable } from '../lake/lint.ts';

/** Where the tables that ship with dp lie: one folder each. */
export function shippedTables(): string {
  return join(packageRoot(), 'src', 'lake');
}

/**
 * Reads every table of a folder: `<table>/contract.json`, `transform.sql`, `checks/<name>.sql`. Sorted so that
 * tables with a source come first, days before snapshots. Throws a Failure for a contract or SQL that would not
 * mean the same on every engine.
 */
export async function readLakeTables(folder: string = shippedTables()): Promise<LakeTable[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
  const tables = await Promise.all(folders.map(readTable));
  if (tables.length === 0) throw contractInvalid(folder, 'there is no table in it');
  for (const wrong of sharedSources(tables))
    throw contractInvalid(join(folder, wrong.table, 'contract.json'), wrong.why);
  for (const table of tables) lintTable(table, tables);
  return tables.sort((a, b) => order(a) - order(b) || (a.contract.table < b.contract.table ? -1 : 1));
}

/** A table of the database is taken once a day, by one contract; all transforms may read it. */
function sharedSources(tables: readonly LakeTable[]): { readonly table: string; readonly why: string }[] {
  const takenBy = new Map<string, string>();
  return tables.flatMap(({ contract: { table, source } }) => {
    if (source === undefined) return [];
    const first = takenBy.get(source.table);
    takenBy.set(source.table, first ?? table);
    if (first === undefined) return [];
    const [owner, other] = first === source.table ? [first, table] : [table, first];
    const why = `\`${source.table}\` is the source of \`${owner}\` already: leave \`source\` out, read src_${source.table}, and add columns that are missing to the contract of \`${owner}\``;
    return [{ table: other, why }];
  });
}

async function readTable(folder: string): Promise<LakeTable> {
  const path = join(folder, 'contract.json');
  const contract = parseContract(await read(path), path);
  const transform = await read(join(folder, 'transform.sql'));
  const checks = await Promise.all(
    contract.checks.map(async (check): Promise<LakeCheck> => {
      return { ...check, sql: await read(join(folder, 'checks', `${check.name}.sql`)) };
    }),
  );
  return { contract, transform, checks };
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw contractInvalid(path, error instanceof Error ? error.message : String(error));
  }
}

function order({ contract }: LakeTable): number {
  if (contract.source === undefined) return 2;
  return contract.load === 'day' ? 0 : 1;
}
