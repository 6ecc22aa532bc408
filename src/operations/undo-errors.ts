import { Failure } from '../std/failure.ts';
import type { HistoryEntry } from './list-history.ts';

const DOCS = 'docs/history.md';

export function unknownChange(id: string): Failure {
  return new Failure({
    code: 'unknown-change',
    kind: 'usage',
    message: `There is no change ${id} in the journal.`,
    nextSteps: ['dp history'],
    docs: DOCS,
  });
}

export function nothingToUndo({ id, command, undoneBy, state }: HistoryEntry): Failure {
  const why =
    undoneBy !== null
      ? `it was undone already, by ${undoneBy}`
      : state === 'done'
        ? 'what it did cannot be taken back'
        : `it is ${state}, and nothing is known of what it did`;
  return new Failure({
    code: 'nothing-to-undo',
    kind: 'failed',
    message: `Cannot undo ${id} (${command}): ${why}.`,
    nextSteps: undoneBy === null ? ['dp history'] : [`dp undo ${undoneBy}`, 'dp history'],
    docs: DOCS,
  });
}

export function changedSince(what: string): Failure {
  return new Failure({
    code: 'changed-since',
    kind: 'failed',
    message: `Cannot undo: ${what} was changed again since. Undoing would take back that later change.`,
    nextSteps: ['dp history'],
    docs: DOCS,
  });
}
