import { dayWindow, listDays } from '../etl/business-day.ts';
import { staleKey } from '../etl/lake-keys.ts';
import { publishedManifest } from '../etl/ledger.ts';
import { differences, type Manifest, type Measure } from '../etl/manifest.ts';
import { comparableTables } from '../etl/source-sql.ts';
import type { LakeTable } from '../lake/contract.ts';
import { assert } from '../std/assert.ts';
import { Failure, messageOf } from '../std/failure.ts';
import { manifestsOf } from './read-ledger.ts';
import { type FinishedDay, type RunEtlDeps, type RunEtlResult, runEtl } from './run-etl.ts';

export interface ReconcileInput {
  readonly from: string;
  readonly to: string;
  /** Load the days that differ again. */
  readonly heal: boolean;
}

export interface ReconciledDay {
  readonly date: string;
  /** `missing` days were never published: there is nothing to compare. */
  readonly result: 'equal' | 'differs' | 'missing' | 'healed' | 'failed';
  readonly runId: string | null;
  /** Sentences, by table. */
  readonly differences: readonly { readonly table: string; readonly what: string }[];
  /** Why healing failed, when it did. */
  readonly error?: FinishedDay['error'];
}

export interface ReconcileResult {
  readonly days: readonly ReconciledDay[];
  readonly end: RunEtlResult['end'];
}

/**
 * Compares each published day with the database as it is now: rows, sums and checksum of every table that has
 * days, over the lake's files read again. Snapshots of dimensions, and what is made with them, are of their own moment
 * and are left out. A day that differs is marked stale; with `heal` it is loaded again.
 */
export async function reconcile(input: ReconcileInput, deps: RunEtlDeps): Promise<ReconcileResult> {
  const compared: ReconciledDay[] = [];
  for (const date of listDays(input)) {
    deps.signal?.throwIfAborted();
    // The run that published may be a rollback; the rows are then those of the run it went back to.
    const manifests = await manifestsOf(date, deps);
    const current = publishedManifest(manifests);
    const shown = manifests.find((manifest) => manifest.runId === (current?.publishes ?? current?.runId));
    if (current === undefined || shown === undefined) {
      compared.push({ date, result: 'missing', runId: null, differences: [] });
      continue;
    }
    const found = await compareDay(shown, deps);
    if (found.length > 0) await markStale(current, found, deps);
    compared.push({
      date,
      result: found.length > 0 ? 'differs' : 'equal',
      runId: shown.runId,
      differences: found,
    });
  }
  const differing = compared.filter((day) => day.result === 'differs');
  if (differing.length === 0) return { days: compared, end: 'ok' };
  return input.heal ? heal(compared, deps) : { days: compared, end: 'not-ready' };
}

async function compareDay(manifest: Manifest, deps: RunEtlDeps): Promise<{ table: string; what: string }[]> {
  const { date } = manifest;
  const tables = comparableTables(deps.tables);
  const [source] = await deps.engine.measureSource({
    tables: deps.tables,
    days: [{ date, window: dayWindow(date) }],
    ...(deps.signal === undefined ? {} : { signal: deps.signal }),
  });
  const found: { table: string; what: string }[] = [];
  for (const table of tables) {
    const name = table.contract.table;
    const measure = source?.measures[name];
    assert(measure !== undefined, `${name} was measured`);
    const lake = await measurePublished(table, manifest, deps);
    const differing = typeof lake === 'string' ? [lake] : differences(measure, lake);
    found.push(...differing.map((what) => ({ table: name, what })));
  }
  return found;
}

/** What the published files hold, or a sentence about why they cannot be read. */
async function measurePublished(
  table: LakeTable,
  manifest: Manifest,
  deps: RunEtlDeps,
): Promise<Measure | string> {
  const name = table.contract.table;
  const published = manifest.tables[name];
  if (published === undefined) return 'the table was not part of the published run';
  const partition = await deps.catalog.findPartition({ database: deps.lakeDatabase, table: name }, [
    manifest.date,
  ]);
  if (partition?.location !== published.location)
    return 'the catalog points at other files than the manifest';
  try {
    return await deps.engine.measureLake(table, published.location.slice(deps.lake.root.length));
  } catch (error) {
    if (error instanceof Failure && error.kind !== 'failed') throw error;
    return `its files cannot be read (${messageOf(error).split('\n')[0]})`;
  }
}

/** So that the calendar shows it, and `run --only stale` finds it, until another run is published. */
async function markStale(
  { date, runId }: Manifest,
  found: readonly { readonly table: string; readonly what: string }[],
  deps: RunEtlDeps,
): Promise<void> {
  const foundAt = new Date(deps.clock.now()).toISOString();
  const mark = JSON.stringify({ foundAt, differences: found });
  await deps.lake.write(staleKey({ day: date, runId }), new TextEncoder().encode(`${mark}\n`));
}

async function heal(compared: readonly ReconciledDay[], deps: RunEtlDeps): Promise<ReconcileResult> {
  const days: ReconciledDay[] = [];
  const ends: RunEtlResult['end'][] = [];
  for (const day of compared) {
    if (day.result !== 'differs') {
      days.push(day);
      continue;
    }
    const run = await runEtl(
      { from: day.date, to: day.date, concurrency: 1, dryRun: false, force: false },
      deps,
    );
    const [loaded] = run.days;
    ends.push(run.end);
    const error = loaded?.error;
    days.push({
      ...day,
      result: run.end === 'ok' ? 'healed' : 'failed',
      runId: run.end === 'ok' ? (loaded?.runId ?? day.runId) : day.runId,
      ...(error === undefined ? {} : { error }),
    });
  }
  const bad = ends.filter((end) => end !== 'ok');
  if (bad.length === 0) return { days, end: 'ok' };
  return { days, end: bad.length < ends.length ? 'partial' : (bad[0] ?? 'failed') };
}
