import type { Inverse, Journal } from '../platform/journal.ts';
import type { Schedule } from '../platform/schedule.ts';
import type { RotationEvent, Secrets } from '../platform/secrets.ts';
import type { EtlDeps } from './etl-deps.ts';
import { inverseCommand, listHistory } from './list-history.ts';
import { rollbackDay } from './rollback-day.ts';
import { rotateSecrets } from './rotate-secrets.ts';
import { showDay } from './show-day.ts';
import { changedSince, nothingToUndo, unknownChange } from './undo-errors.ts';

export interface UndoPlan {
  readonly id: string;
  /** What the change was. */
  readonly command: string;
  /** What is done to take it back, in order; as commands. */
  readonly steps: readonly string[];
}

export interface UndoChangeDeps {
  readonly journal: Journal;
  readonly secrets: () => Promise<Secrets>;
  readonly schedule: () => Promise<Schedule>;
  readonly etl: () => Promise<EtlDeps & { readonly random: () => string }>;
  /** Shows the plan and asks; throws when the answer is no. */
  readonly approve: (plan: UndoPlan) => Promise<void>;
  readonly notify: (event: RotationEvent) => void;
}

export interface UndoResult extends UndoPlan {
  /** How to take the undoing back. */
  readonly inverses: readonly Inverse[];
}

/** Takes a change back, after making sure that what it made still stands, and asking. */
export async function undoChange({ id }: { readonly id: string }, deps: UndoChangeDeps): Promise<UndoResult> {
  const { entries } = await listHistory({ entriesMax: Number.MAX_SAFE_INTEGER }, deps);
  const entry = entries.find((one) => one.id === id);
  if (entry === undefined) throw unknownChange(id);
  if (entry.undo === null) throw nothingToUndo(entry);
  const inverses = entry.inverses.toReversed();
  for (const inverse of inverses) await assertStillStands(inverse, deps);
  const plan = { id, command: entry.command, steps: inverses.map(inverseCommand) };
  await deps.approve(plan);
  const back: Inverse[] = [];
  for (const inverse of inverses) back.push(await run(inverse, deps));
  return { ...plan, inverses: back };
}

/** Undoing what somebody has changed since would undo his work instead. */
async function assertStillStands(inverse: Inverse, deps: UndoChangeDeps): Promise<void> {
  if (inverse.kind === 'roll-back-secret') {
    const { versions } = await (await deps.secrets()).describe(inverse.name);
    const current = versions.find(({ labels }) => labels.includes('AWSCURRENT'));
    if (current?.id !== inverse.fromVersion) throw changedSince(`the secret ${inverse.name}`);
    return;
  }
  if (inverse.kind === 'schedule-secret') {
    const { everyDays } = await (await deps.secrets()).describe(inverse.name);
    if (everyDays !== inverse.fromDays) throw changedSince(`the schedule of the secret ${inverse.name}`);
    return;
  }
  if (inverse.kind === 'restore-schedule') {
    const now = await (await deps.schedule()).show();
    const { enabled, expression } = inverse.from;
    if (now?.enabled !== enabled || now.expression !== expression) throw changedSince('the schedule');
    return;
  }
  const { record } = await showDay({ date: inverse.date }, await deps.etl());
  if (record.publishedRunId !== inverse.fromRunId) throw changedSince(`the day ${inverse.date}`);
}

async function run(inverse: Inverse, deps: UndoChangeDeps): Promise<Inverse> {
  if (inverse.kind === 'roll-back-secret') {
    const { name } = inverse;
    const secrets = await deps.secrets();
    const { rotated } = await rotateSecrets({ name, to: 'previous' }, { secrets, notify: deps.notify });
    return { kind: 'roll-back-secret', name, fromVersion: rotated[0]?.toVersion ?? '' };
  }
  if (inverse.kind === 'schedule-secret') {
    const { name, fromDays, toDays } = inverse;
    await (await deps.secrets()).schedule({ name, everyDays: toDays });
    return { kind: 'schedule-secret', name, fromDays: toDays, toDays: fromDays };
  }
  if (inverse.kind === 'restore-schedule') {
    const { from, to } = inverse;
    await (await deps.schedule()).change(to);
    return { kind: 'restore-schedule', from: to, to: from };
  }
  const { date, toRunId } = inverse;
  const result = await rollbackDay({ date, ...(toRunId === undefined ? {} : { toRunId }) }, await deps.etl());
  return { kind: 'roll-back-day', date, fromRunId: result.toRunId, toRunId: result.fromRunId };
}
