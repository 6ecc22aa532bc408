import { dayAt, dayWindow } from '../etl/business-day.ts';
import { manifestKey } from '../etl/lake-keys.ts';
import { publishedManifest } from '../etl/ledger.ts';
import {
  differences,
  formatManifest,
  MANIFEST_VERSION,
  type Manifest,
  type ManifestTable,
} from '../etl/manifest.ts';
import { runIdOf } from '../etl/run-id.ts';
import type { LoadedDay } from '../platform/engine.ts';
import { Failure, messageOf } from '../std/failure.ts';
import { definitionHash } from './definition-hash.ts';
import { checksFailed, lakeDiffers, runIdUsed } from './etl-errors.ts';
import { type HeldDay, holdDay } from './hold-day.ts';
import { publishDay } from './publish-day.ts';
import { manifestsOf } from './read-ledger.ts';
import type { FinishedDay, RunEtlDeps } from './run-etl.ts';

/** The moments of a day's run after which the lake looks different. */
export type RunStep = 'locked' | 'started' | 'loaded' | 'publishing' | `published ${string}` | 'recorded';

export interface LoadOneDayInput {
  readonly date: string;
  readonly force: boolean;
  /** Goes into the manifest. */
  readonly warnings: readonly string[];
  /** Default: one made of the moment. */
  readonly runId?: string | undefined;
}

export interface LoadedOneDay {
  readonly day: FinishedDay;
  readonly failure?: unknown;
}

/**
 * Runs one day under its lock: extract, transform, write, read again, check, publish, record. An operator's
 * failure is recorded and given back; a bug is recorded and thrown.
 */
export async function loadOneDay(input: LoadOneDayInput, deps: RunEtlDeps): Promise<LoadedOneDay> {
  const { date } = input;
  const runId = input.runId ?? runIdOf(deps.clock.now(), deps.random());
  try {
    await using held = await holdDay({ date, runId }, deps);
    deps.afterStep?.('locked', date);
    if (input.runId !== undefined) await assertNewRun(date, runId, deps);
    const manifest = await runHeldDay({ ...input, runId }, { ...deps, held });
    return { day: finishedDay(manifest) };
  } catch (error) {
    if (!(error instanceof Failure) && deps.signal?.aborted !== true) throw error;
    return { day: failedDay({ date, runId }, error), failure: error };
  }
}

/** Files of a run are never written twice. */
async function assertNewRun(date: string, runId: string, deps: RunEtlDeps): Promise<void> {
  const known = await manifestsOf(date, deps);
  if (known.some((manifest) => manifest.runId === runId)) throw runIdUsed(date, runId);
}

type HeldDeps = RunEtlDeps & { readonly held: HeldDay };

async function runHeldDay(
  input: LoadOneDayInput & { readonly runId: string },
  deps: HeldDeps,
): Promise<Manifest> {
  const { date, runId } = input;
  const previous = publishedManifest(await manifestsOf(date, deps));
  const previousRunId = previous?.publishes ?? previous?.runId;
  const begun: Manifest = {
    version: MANIFEST_VERSION,
    kind: 'load',
    date,
    runId,
    state: 'running',
    engine: deps.engine.name,
    startedAt: isoAt(deps),
    ...(previousRunId === undefined ? {} : { previousRunId }),
    ...(input.warnings.length > 0 ? { warnings: input.warnings } : {}),
    tables: {},
  };
  await writeManifest(begun, deps);
  deps.afterStep?.('started', date);
  deps.notify({ event: 'day-started', date, runId });
  try {
    return await loadAndPublish(begun, { ...deps, force: input.force });
  } catch (error) {
    await recordFailure(begun, error, deps);
    throw error;
  }
}

async function loadAndPublish(
  begun: Manifest,
  deps: HeldDeps & { readonly force: boolean },
): Promise<Manifest> {
  const { date, runId } = begun;
  const loaded = await deps.engine.loadDay(
    {
      date,
      runId,
      window: dayWindow(date),
      tables: deps.tables,
      ...(deps.signal === undefined ? {} : { signal: deps.signal }),
    },
    ({ step, ...event }) => deps.notify({ event: step, date, ...event }),
  );
  deps.afterStep?.('loaded', date);
  const broken = judge(date, loaded, deps);
  // The day's dimensions are as of the load: one made days later says so.
  const later = dayAt(deps.clock.now()) > dayAt(Date.parse(`${date}T00:00:00+09:00`) + 86_400_000);
  const publishing: Manifest = {
    ...begun,
    state: 'publishing',
    snapshotAt: loaded.snapshotAt,
    ...(later ? { dimensionsTakenLater: true } : {}),
    ...(broken ? { forced: true } : {}),
    tables: Object.fromEntries(loaded.tables.map((table) => [table.table, tableOf(table, deps)])),
  };
  await deps.held.assertHeld();
  deps.signal?.throwIfAborted();
  await writeManifest(publishing, deps);
  deps.afterStep?.('publishing', date);
  await publishDay(publishing, {
    ...deps,
    published: (table, rows) => {
      deps.afterStep?.(`published ${table}`, date);
      deps.notify({ event: 'published', date, table, rows });
    },
  });
  const endedAt = isoAt(deps);
  const ended: Manifest = {
    ...publishing,
    state: 'verified',
    publishes: runId,
    endedAt,
    verifiedAt: endedAt,
  };
  await writeManifest(ended, deps);
  deps.afterStep?.('recorded', date);
  return ended;
}

/** Throws when the day may not be published; true when it is only because the operator insists. */
function judge(date: string, loaded: LoadedDay, deps: RunEtlDeps & { readonly force: boolean }): boolean {
  const differing = loaded.tables.flatMap((table) =>
    differences(table.source, table.lake).map((difference) => `${table.table}: ${difference}.`),
  );
  if (differing.length > 0) throw lakeDiffers(date, differing);
  const bad = loaded.tables.flatMap((table) =>
    table.checks
      .filter((check) => check.badRows > 0)
      .map((check) => ({
        severity: check.severity,
        words: `${table.table}: ${check.says.replace(/\.$/, '')} — ${check.badRows} rows break it, such as ${check.examples[0] ?? ''}.`,
      })),
  );
  for (const check of bad.filter(({ severity }) => severity === 'warn' || deps.force)) {
    deps.notify({ event: 'warning', date, message: check.words });
  }
  const errors = bad.filter(({ severity }) => severity === 'error').map(({ words }) => words);
  if (errors.length > 0 && !deps.force) throw checksFailed(date, errors);
  return errors.length > 0;
}

function tableOf(table: LoadedDay['tables'][number], deps: RunEtlDeps): ManifestTable {
  const { prefix, files, source, lake } = table;
  return {
    location: `${deps.lake.root}${prefix}`,
    files,
    source,
    lake,
    checks: table.checks.map(({ name, severity, badRows }) => ({ name, severity, badRows })),
    definition: definitionHash(deps.tables, table.table),
  };
}

async function recordFailure(begun: Manifest, error: unknown, deps: RunEtlDeps): Promise<void> {
  const code = error instanceof Failure ? error.code : deps.signal?.aborted === true ? 'interrupted' : 'bug';
  const failed: Manifest = {
    ...begun,
    state: 'failed',
    endedAt: isoAt(deps),
    error: { code, message: messageOf(error) },
  };
  // Where even this cannot be written (a full disk) the manifest stays `running`, which the ledger reads as failed too.
  await writeManifest(failed, deps).catch(() => {});
}

async function writeManifest(manifest: Manifest, { lake }: Pick<RunEtlDeps, 'lake'>): Promise<void> {
  await lake.write(manifestKey({ day: manifest.date, runId: manifest.runId }), formatManifest(manifest));
}

function finishedDay({ date, runId, previousRunId, tables }: Manifest): FinishedDay {
  const measured = Object.entries(tables).map(
    ([name, { lake }]) => [name, { rows: lake.rows, checksum: lake.checksum }] as const,
  );
  return {
    date,
    state: 'verified',
    runId,
    ...(previousRunId === undefined ? {} : { previousRunId }),
    tables: Object.fromEntries(measured),
  };
}

function failedDay(
  { date, runId }: { readonly date: string; readonly runId: string },
  error: unknown,
): FinishedDay {
  const { code, nextSteps } =
    error instanceof Failure ? error : { code: 'interrupted', nextSteps: [`dp etl run --date ${date}`] };
  const state = code === 'day-is-running' ? 'running' : 'failed';
  return {
    date,
    state,
    runId: state === 'running' ? null : runId,
    tables: {},
    error: { code, message: messageOf(error), nextSteps },
  };
}

function isoAt({ clock }: Pick<RunEtlDeps, 'clock'>): string {
  return new Date(clock.now()).toISOString();
}
