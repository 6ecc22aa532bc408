import { timeOfCron } from '../etl/daily-cron.ts';
import type { Inverse, Journal, JournalEntry } from '../platform/journal.ts';

export interface HistoryEntry extends JournalEntry {
  /** The command that takes it back: `dp undo 3f9a2c`. Null where nothing can, or where it was undone already. */
  readonly undo: string | null;
  /** The entry that took it back. */
  readonly undoneBy: string | null;
}

/** The changes dp made, newest first. */
export async function listHistory(
  { entriesMax }: { readonly entriesMax: number },
  deps: { readonly journal: Journal },
): Promise<{ entries: HistoryEntry[] }> {
  const entries = await deps.journal.list({ entriesMax });
  const undone = new Map(
    entries.flatMap(({ id, undoes, state }) =>
      undoes === undefined || state !== 'done' ? [] : [[undoes, id] as const],
    ),
  );
  const shown = entries.slice(-entriesMax).reverse();
  return {
    entries: shown.map((entry) => {
      const undoneBy = undone.get(entry.id) ?? null;
      const can = entry.state === 'done' && entry.inverses.length > 0 && undoneBy === null;
      return { ...entry, undo: can ? `dp undo ${entry.id}` : null, undoneBy };
    }),
  };
}

/** The command that an inverse amounts to. */
export function inverseCommand(inverse: Inverse): string {
  if (inverse.kind === 'roll-back-secret') return `dp secrets rollback ${inverse.name}`;
  if (inverse.kind === 'schedule-secret') {
    const { name, toDays } = inverse;
    return `dp secrets schedule ${name} ${toDays === null ? '--off' : `--every ${toDays}d`}`;
  }
  if (inverse.kind === 'restore-schedule') return scheduleCommand(inverse);
  const { date, toRunId } = inverse;
  return `dp etl rollback --date ${date}${toRunId === undefined ? '' : ` --to-run ${toRunId}`}`;
}

function scheduleCommand({ from, to }: Extract<Inverse, { kind: 'restore-schedule' }>): string {
  if (from.expression === to.expression) return `dp etl schedule ${to.enabled ? 'resume' : 'pause'}`;
  return `dp etl schedule set --time ${timeOfCron(to.expression) ?? to.expression}`;
}
