import { messageOf } from '../std/failure.ts';
import { manifestUnreadable } from './errors.ts';

/** Raised when a field changes its meaning; older ones stay readable. */
export const MANIFEST_VERSION = 1;

/** What a table held, as counted by one side. Sums are exact decimal texts, by column. */
export interface Measure {
  readonly rows: number;
  readonly checksum: string;
  readonly sums: Readonly<Record<string, string>>;
}

export interface ManifestFile {
  readonly key: string;
  readonly bytes: number;
  readonly rows: number;
}

export interface ManifestCheck {
  readonly name: string;
  readonly severity: 'error' | 'warn';
  readonly badRows: number;
}

/** One table of one run. */
export interface ManifestTable {
  /** The lake URI readers are sent to. */
  readonly location: string;
  readonly files: readonly ManifestFile[];
  /** Counted by the database, in the snapshot the rows were taken from. */
  readonly source: Measure;
  /** Counted over the written files, read again. */
  readonly lake: Measure;
  readonly checks: readonly ManifestCheck[];
  /** A hash of the contract, transform and checks the rows were made by. */
  readonly definition: string;
}

/** `running` and `publishing` stay behind when a run is killed. */
export type RunState = 'running' | 'publishing' | 'failed' | 'loaded' | 'verified';

/** Everything one run of one day did. Written when it starts, when it publishes and when it ends. */
export interface Manifest {
  readonly version: typeof MANIFEST_VERSION;
  /** `rollback` points a day back at an earlier run and writes no rows. */
  readonly kind: 'load' | 'rollback';
  readonly date: string;
  readonly runId: string;
  readonly state: RunState;
  /** `duckdb`, `spark`. */
  readonly engine: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** When the snapshot was taken, by the database's clock. */
  readonly snapshotAt?: string;
  /** When database and lake were seen equal. */
  readonly verifiedAt?: string;
  /** The run whose rows are published by this one: its own id, or the one rolled back to. */
  readonly publishes?: string;
  /** What was published before, which a rollback returns to. */
  readonly previousRunId?: string;
  /** The snapshots of dimensions were taken after the day had passed. */
  readonly dimensionsTakenLater?: boolean;
  /** Published although checks failed, because the operator said so. */
  readonly forced?: boolean;
  readonly warnings?: readonly string[];
  readonly error?: { readonly code: string; readonly message: string };
  readonly tables: Readonly<Record<string, ManifestTable>>;
}

export function formatManifest(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** Throws a Failure that names `key` when the bytes are no manifest, or one of a newer dp. */
export function parseManifest(bytes: Uint8Array, key: string): Manifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Manifest;
  } catch (error) {
    throw manifestUnreadable(key, messageOf(error));
  }
  if (typeof manifest !== 'object' || manifest === null || typeof manifest.runId !== 'string') {
    throw manifestUnreadable(key, 'it is not a manifest');
  }
  if (manifest.version !== MANIFEST_VERSION) {
    throw manifestUnreadable(
      key,
      `it has version ${String(manifest.version)}, and this dp reads version ${MANIFEST_VERSION}`,
    );
  }
  return manifest;
}

/** What differs between two measures, in words; empty when they are equal. */
export function differences(source: Measure, lake: Measure): string[] {
  const found: string[] = [];
  if (source.rows !== lake.rows) found.push(`${source.rows} rows in the database, ${lake.rows} in the lake`);
  for (const [column, sum] of Object.entries(source.sums)) {
    const other = lake.sums[column];
    if (sum !== other)
      found.push(`sum of ${column} is ${sum} in the database, ${other ?? 'missing'} in the lake`);
  }
  if (found.length === 0 && source.checksum !== lake.checksum) {
    found.push('the same number of rows and equal sums, but other values (the checksums differ)');
  }
  return found;
}
