import { manifestKey } from '../etl/lake-keys.ts';
import { publishedManifest } from '../etl/ledger.ts';
import { formatManifest, MANIFEST_VERSION, type Manifest } from '../etl/manifest.ts';
import { runIdOf } from '../etl/run-id.ts';
import type { EtlDeps } from './etl-deps.ts';
import { filesCollected, neverLoaded, notARunOf, nothingBefore } from './etl-errors.ts';
import { holdDay } from './hold-day.ts';
import { publishDay } from './publish-day.ts';
import { manifestsOf } from './read-ledger.ts';

export interface RollbackDayInput {
  readonly date: string;
  /** The run to return to. Default: the one published before the current one. */
  readonly toRunId?: string;
}

export interface RollbackDayResult {
  readonly date: string;
  /** The run readers saw until now, and the one they see from now on. */
  readonly fromRunId: string;
  readonly toRunId: string;
  readonly tables: Readonly<Record<string, { readonly rows: number }>>;
}

/**
 * Points every table's partition of the day back at an earlier run's files. Done twice it goes back twice; the
 * way forward again is `toRunId`, or loading the day anew.
 */
export async function rollbackDay(
  { date, toRunId }: RollbackDayInput,
  deps: EtlDeps & { readonly random: () => string },
): Promise<RollbackDayResult> {
  const runId = runIdOf(deps.clock.now(), deps.random());
  await using held = await holdDay({ date, runId }, deps);
  const manifests = await manifestsOf(date, deps);
  const current = publishedManifest(manifests);
  if (current === undefined) throw neverLoaded(date);
  const shown =
    manifests.find((manifest) => manifest.runId === (current.publishes ?? current.runId)) ?? current;
  const target = targetOf({ date, shown, toRunId, manifests });
  await assertFilesAreThere(target, deps);
  const startedAt = new Date(deps.clock.now()).toISOString();
  const rollback: Manifest = {
    version: MANIFEST_VERSION,
    kind: 'rollback',
    date,
    runId,
    state: 'publishing',
    engine: target.engine,
    startedAt,
    publishes: target.runId,
    // Going back again means going to what the target itself had replaced.
    ...(target.previousRunId === undefined ? {} : { previousRunId: target.previousRunId }),
    ...(target.snapshotAt === undefined ? {} : { snapshotAt: target.snapshotAt }),
    tables: target.tables,
  };
  await held.assertHeld();
  const write = (manifest: Manifest): Promise<void> =>
    deps.lake.write(manifestKey({ day: date, runId }), formatManifest(manifest));
  await write(rollback);
  await publishDay(rollback, { ...deps, published: () => {} });
  // Equal to the database once, but nobody has looked since: loaded, not verified.
  await write({ ...rollback, state: 'loaded', endedAt: new Date(deps.clock.now()).toISOString() });
  const rows = Object.entries(target.tables).map(([name, { lake }]) => [name, { rows: lake.rows }] as const);
  return { date, fromRunId: shown.runId, toRunId: target.runId, tables: Object.fromEntries(rows) };
}

function targetOf(input: {
  readonly date: string;
  readonly shown: Manifest;
  readonly toRunId: string | undefined;
  readonly manifests: readonly Manifest[];
}): Manifest {
  const { date, shown, toRunId, manifests } = input;
  const wanted = toRunId ?? shown.previousRunId;
  if (wanted === undefined) throw nothingBefore(date);
  const target = manifests.find(
    (manifest) => manifest.runId === wanted && manifest.kind === 'load' && manifest.state === 'verified',
  );
  if (target === undefined) throw toRunId === undefined ? nothingBefore(date) : notARunOf(date, wanted);
  return target;
}

async function assertFilesAreThere(target: Manifest, { lake }: Pick<EtlDeps, 'lake'>): Promise<void> {
  for (const { files } of Object.values(target.tables)) {
    for (const file of files) {
      const found = (await lake.list(file.key)).find((object) => object.key === file.key);
      if (found?.bytes !== file.bytes) throw filesCollected(target.date, target.runId);
    }
  }
}
