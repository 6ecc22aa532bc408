import { type HistoryEntry, inverseCommand } from '../../operations/list-history.ts';
import type { UndoPlan } from '../../operations/undo-change.ts';
import { widthOf, wrapForTerminal } from '../terminal.ts';
import { formatMoment } from './moment.ts';
import { textWidth } from './text-width.ts';
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
  const indent = ' '.repeat(id.length + 2);
  const head = `${id}  ${formatMoment(startedAt)}  ${who}`;
  const typed = `${visible(command)}${state === 'done' ? '' : `  (${state})`}`;
  const whole = `${head}  ${typed}`;
  // A command is never broken: it may be copied.
  const isWide = textWidth(whole) > (widthOf(process.stdout) ?? Number.POSITIVE_INFINITY);
  const lines = isWide ? [head, `${indent}${typed}`] : [whole];
  if (reason !== undefined) lines.push(wrapForTerminal(`${indent}because: ${visible(reason)}`));
  if (error !== undefined) lines.push(wrapForTerminal(`${indent}failed: ${visible(error)}`));
  const ids = Object.entries(entry.ids).map(([name, value]) => `${name} ${value}`);
  if (ids.length > 0) lines.push(wrapForTerminal(`${indent}made: ${ids.join(', ')}`));
  if (entry.undoneBy !== null) lines.push(`${indent}undone by ${entry.undoneBy}`);
  if (entry.undo !== null) {
    lines.push(
      `${indent}inverse: ${entry.inverses.map(inverseCommand).join('; ')}`,
      `${indent}to undo: ${entry.undo}`,
    );
  }
  return lines.join('\n');
}
