import { emptyPrefix } from '../etl/lake-keys.ts';
import type { Manifest } from '../etl/manifest.ts';
import type { LakeContract } from '../lake/contract.ts';
import type { CatalogTable } from '../platform/catalog.ts';
import type { EtlDeps } from './etl-deps.ts';

export interface PublishDayDeps extends EtlDeps {
  readonly published: (table: string, rows: number) => void;
}

/**
 * Points the day's partition of every table at the manifest's files: one atomic switch per table. Files lie
 * there already and are never touched again; who reads the old ones goes on reading them.
 */
export async function publishDay(manifest: Manifest, deps: PublishDayDeps): Promise<void> {
  await deps.catalog.ensureDatabase(deps.lakeDatabase);
  // Definitions first: a partition needs its table, and a table without it is harmless.
  for (const { contract } of deps.tables) await ensureTable(contract, deps);
  for (const [table, loaded] of Object.entries(manifest.tables)) {
    const bytes = loaded.files.reduce((sum, file) => sum + file.bytes, 0);
    await deps.catalog.switchPartition(
      { database: deps.lakeDatabase, table },
      {
        values: [manifest.date],
        location: loaded.location,
        parameters: {
          'dp.run_id': manifest.publishes ?? manifest.runId,
          'dp.rows': String(loaded.lake.rows),
          'dp.bytes': String(bytes),
          'dp.checksum': loaded.lake.checksum,
          'dp.engine': manifest.engine,
          ...(manifest.previousRunId === undefined ? {} : { 'dp.previous_run_id': manifest.previousRunId }),
        },
      },
    );
    deps.published(table, loaded.lake.rows);
  }
}

async function ensureTable(contract: LakeContract, { catalog, lakeDatabase, lake }: EtlDeps): Promise<void> {
  const wanted = catalogTable(contract, { lakeDatabase, root: lake.root });
  const found = await catalog.findTable({ database: lakeDatabase, table: contract.table });
  if (JSON.stringify(found) !== JSON.stringify(wanted)) await catalog.putTable(wanted);
}

/** A contract as the catalog's table. */
export function catalogTable(
  contract: LakeContract,
  { lakeDatabase, root }: { readonly lakeDatabase: string; readonly root: string },
): CatalogTable {
  const { partitionKey } = contract;
  return {
    database: lakeDatabase,
    name: contract.table,
    description: contract.description,
    columns: contract.columns.map(({ name, type, comment }) => ({
      name,
      type,
      ...(comment === undefined ? {} : { comment }),
    })),
    partitionKeys: [partitionKey],
    format: contract.format,
    location: `${root}${emptyPrefix(contract.table)}`,
    parameters: { classification: contract.format, 'dp.load': contract.load },
  };
}
