import { type HistoryEntry, inverseCommand } from '../../operations/list-history.ts';
import type { UndoPlan } from '../../operations/undo-change.ts';
import { formatMoment } from './moment.ts';
import { visible } from './visible.ts';

/** The changes, newest first, each with why it was made and how to take it back. */
export function formatHistory(entries: readonly HistoryEntry[]): string {
  if (entries.length === 0) return 'dp has changed nothing here yet.';
  return entries.map(entryLines).join('\n');
}

/** What undoing is going to do. */
export function formatUndoPlan({ id, command, steps }: UndoPlan): string {
  return [`Undoing ${id} (${visible(command)}) runs:`, ...steps.map((step) => `  ${step}`)].join('\n');
}

function entryLines(entry: HistoryEntry): string {
  const { id, startedAt, who, command, reason, state, error } = entry;
  const lines = [
    `${id}  ${formatMoment(startedAt)}  ${who}  ${visible(command)}${state === 'done' ? '' : `  (${state})`}`,
  ];
  const indent = ' '.repeat(id.length + 2);
  if (reason !== undefined) lines.push(`${indent}because: ${visible(reason)}`);
  if (error !== undefined) lines.push(`${indent}failed: ${visible(error)}`);
  const ids = Object.entries(entry.ids).map(([name, value]) => `${name} ${value}`);
  if (ids.length > 0) lines.push(`${indent}made: ${ids.join(', ')}`);
  if (entry.undoneBy !== null) lines.push(`${indent}undone by ${entry.undoneBy}`);
  if (entry.undo !== null) {
    lines.push(
      `${indent}inverse: ${entry.inverses.map(inverseCommand).join('; ')}`,
      `${indent}to undo: ${entry.undo}`,
    );
  }
  return lines.join('\n');
}
