import type { LakeTable } from '../lake/contract.ts';
import type { CatalogTable } from '../platform/catalog.ts';

/** How the tables that a crawler found differ from the sources that the contracts read, as sentences. */
export function crawledDrift(found: readonly CatalogTable[], tables: readonly LakeTable[]): string[] {
  return tables.flatMap(({ contract: { source } }) => {
    if (source === undefined || found.length === 0) return [];
    // A crawler names a table by its database, schema and name: `stg_core_orders`.
    const table = found.find(({ name }) => name === source.table || name.endsWith(`_${source.table}`));
    if (table === undefined) return [`The table ${source.table} was not found.`];
    const columns = new Set(table.columns.map(({ name }) => name));
    return source.columns
      .filter(({ name }) => !columns.has(name))
      .map(({ name }) => `The column ${source.table}.${name} was not found.`);
  });
}
