// A day in the lake as a run leaves it: files, manifest, and one switch per table by the code that every run uses.
import { manifestKey, runPrefix } from '../../src/etl/lake-keys.ts';
import {
  formatManifest,
  MANIFEST_VERSION,
  type Manifest,
  type ManifestTable,
} from '../../src/etl/manifest.ts';
import type { EtlDeps } from '../../src/operations/etl-deps.ts';
import { publishDay } from '../../src/operations/publish-day.ts';

export interface TestDay {
  readonly date: string;
  readonly runId: string;
  readonly previousRunId?: string;
}

/** Publishes the day. Its files hold no rows: nothing that looks at them here reads them. */
export async function publishTestDay(day: TestDay, etl: EtlDeps): Promise<Manifest> {
  const { date, runId } = day;
  const measure = { rows: 5, checksum: runId, sums: {} };
  const tables: Record<string, ManifestTable> = {};
  for (const { contract } of etl.tables) {
    const prefix = runPrefix({ table: contract.table, day: date, runId });
    const bytes = new TextEncoder().encode(`the rows of ${contract.table}`);
    await etl.lake.write(`${prefix}part-0.parquet`, bytes);
    tables[contract.table] = {
      location: `${etl.lake.root}${prefix}`,
      files: [{ key: `${prefix}part-0.parquet`, bytes: bytes.length, rows: measure.rows }],
      source: measure,
      lake: measure,
      checks: [],
      definition: 'd',
    };
  }
  const at = new Date(etl.clock.now()).toISOString();
  const manifest: Manifest = {
    ...{ version: MANIFEST_VERSION, kind: 'load', state: 'verified', engine: 'spark', publishes: runId },
    ...day,
    ...{ startedAt: at, endedAt: at, verifiedAt: at, tables },
  };
  await publishDay(manifest, { ...etl, published: () => undefined });
  await etl.lake.write(manifestKey({ day: date, runId }), formatManifest(manifest));
  return manifest;
}
