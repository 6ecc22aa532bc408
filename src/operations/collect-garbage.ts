import { LAKE, LANDING, runOfKey } from '../etl/lake-keys.ts';
import { publishedManifest } from '../etl/ledger.ts';
import type { Manifest } from '../etl/manifest.ts';
import type { LakeObject } from '../platform/lake.ts';
import type { EtlDeps } from './etl-deps.ts';
import { runningRun } from './hold-day.ts';
import { manifestsOf } from './read-ledger.ts';

export interface CollectGarbageInput {
  readonly olderThanMs: number;
  /** Say what would go, and let it lie. */
  readonly dryRun: boolean;
}

export interface CollectGarbageResult {
  readonly objects: number;
  readonly bytes: number;
  readonly dryRun: boolean;
  /** Runs whose files went, oldest first. */
  readonly runs: readonly string[];
}

/** Objects that are half-written: a crash leaves them here. */
const DRAFTS = 'tmp/';
/** A draft younger than this may be of somebody who is writing just now, whatever age was asked for. */
const DRAFT_MS = 600_000;
/** Deleted at a time: the most one S3 request takes. */
const BATCH = 1_000;

/**
 * Deletes what no reader can reach and nobody can roll back to: landed files, and files of runs that are
 * neither published, nor the ones before, nor running. Manifests stay: they are the history.
 */
export async function collectGarbage(
  input: CollectGarbageInput,
  deps: EtlDeps,
): Promise<CollectGarbageResult> {
  const before = deps.clock.now() - input.olderThanMs;
  const objects = [
    ...(await deps.lake.list(LANDING)),
    ...(await deps.lake.list(LAKE)),
    ...(await deps.lake.list(DRAFTS)),
  ].filter((object) => object.modifiedMs <= before - (object.key.startsWith(DRAFTS) ? DRAFT_MS : 0));
  const kept = await runsToKeep(objects, deps);
  const pointedAt = await publishedPrefixes(deps);
  const garbage = objects.filter((object) => {
    const run = runOfKey(object.key);
    if (run === undefined) return object.key.startsWith(DRAFTS);
    if (kept.running.has(run.runId)) return false;
    if (object.key.startsWith(LANDING)) return true;
    return !kept.published.has(run.runId) && !pointedAt.some((prefix) => object.key.startsWith(prefix));
  });
  if (!input.dryRun) {
    for (let at = 0; at < garbage.length; at += BATCH) {
      await deps.lake.delete(garbage.slice(at, at + BATCH).map((object) => object.key));
    }
  }
  const runs = new Set(
    garbage.map((object) => runOfKey(object.key)?.runId).filter((runId) => runId !== undefined),
  );
  return {
    objects: garbage.length,
    bytes: garbage.reduce((sum, object) => sum + object.bytes, 0),
    dryRun: input.dryRun,
    runs: [...runs].sort(),
  };
}

interface KeptRuns {
  readonly published: ReadonlySet<string>;
  readonly running: ReadonlySet<string>;
}

async function runsToKeep(objects: readonly LakeObject[], deps: EtlDeps): Promise<KeptRuns> {
  const days = new Set(objects.map((object) => runOfKey(object.key)?.day).filter((day) => day !== undefined));
  const published = new Set<string>();
  const running = new Set<string>();
  for (const day of days) {
    const manifests = await manifestsOf(day, deps);
    for (const runId of currentAndPrevious(manifests)) published.add(runId);
    const live = await runningRun(day, deps);
    if (live === undefined) continue;
    running.add(live);
    // A rollback that is under way may be on its way to any of them.
    for (const manifest of manifests) published.add(manifest.runId);
  }
  return { published, running };
}

function currentAndPrevious(manifests: readonly Manifest[]): string[] {
  const current = publishedManifest(manifests);
  if (current === undefined) return [];
  // After a rollback what it went back from stays too: the operator may change their mind.
  const before = publishedManifest(manifests.filter((manifest) => manifest.runId < current.runId));
  const runs = [current.runId, current.publishes, current.previousRunId, before?.publishes];
  return runs.filter((runId) => runId !== undefined);
}

/** What the catalog points at just now, whatever any manifest says: a run killed while publishing has readers too. */
async function publishedPrefixes({ catalog, lake, lakeDatabase, tables }: EtlDeps): Promise<string[]> {
  const prefixes: string[] = [];
  for (const { contract } of tables) {
    const partitions = await catalog.listPartitions({ database: lakeDatabase, table: contract.table });
    prefixes.push(...partitions.map((partition) => partition.location.slice(lake.root.length)));
  }
  return prefixes;
}
