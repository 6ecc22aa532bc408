import { compareSource, type FoundColumn, hiveTypeOfMysql } from '../lake/compare-source.ts';
import type { LakeSource } from '../lake/contract.ts';
import type { SourceDrift } from '../platform/engine.ts';

/** Rows of texts: what both a source's session and an ordinary one give. */
type Ask = (sql: string) => Promise<readonly (readonly (string | null)[])[]>;

/** Compares the database's columns with what the contracts read. Looks only. */
export async function findSourceDrift(
  sources: readonly LakeSource[],
  deps: { readonly session: { readonly query: Ask } },
): Promise<SourceDrift> {
  const actual = await readColumns(deps.session.query);
  const found = sources.map((source) => compareSource(source, actual.get(source.table)));
  return {
    broken: found.flatMap((drift) => drift.broken),
    extra: found.flatMap((drift) => drift.extra),
  };
}

/** The columns of every table of the database, in their order. */
export async function readColumns(ask: Ask): Promise<ReadonlyMap<string, readonly FoundColumn[]>> {
  const rows = await ask(
    'SELECT table_name, column_name, column_type, is_nullable FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position',
  );
  const tables = new Map<string, FoundColumn[]>();
  for (const [table, name, type, nullable] of rows) {
    const columns = tables.get(String(table)) ?? [];
    const said = String(type).toLowerCase();
    columns.push({ name: String(name), type: hiveTypeOfMysql(said), said, nullable: nullable === 'YES' });
    tables.set(String(table), columns);
  }
  return tables;
}
