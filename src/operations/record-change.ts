import type { Inverse, Journal } from '../platform/journal.ts';
import type { Clock } from '../std/clock.ts';
import { Failure, messageOf, STOPPED_AT_QUESTION } from '../std/failure.ts';

export interface ChangeWords {
  /** As it was typed. */
  readonly command: string;
  readonly who: string;
  readonly reason?: string;
  readonly undoes?: string;
}

/** What a change did. */
export interface ChangeOutcome {
  readonly changed: boolean;
  readonly ids?: Readonly<Record<string, string>>;
  readonly inverses?: readonly Inverse[];
}

export interface RecordChangeDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly newId: () => string;
}

/**
 * Does a change between two lines of the journal: one before, so that a killed change is in it too, and one after.
 * The change goes on when the journal cannot be written to end it, but does not begin without its first line.
 */
export async function recordChange<T>(
  words: ChangeWords,
  deps: RecordChangeDeps & {
    readonly work: () => Promise<T>;
    readonly outcome: (result: T) => ChangeOutcome;
  },
): Promise<T> {
  const { journal, clock } = deps;
  const id = deps.newId();
  const now = (): string => new Date(clock.now()).toISOString();
  const startedAt = now();
  await journal.begin({ id, startedAt, ...words });
  let result: T;
  try {
    result = await deps.work();
  } catch (error) {
    // Nothing was begun when the operator said no, or asked for something that cannot be.
    const refused =
      error instanceof Failure &&
      (/^(confirmation|usage)$/.test(error.kind) || error.code === STOPPED_AT_QUESTION);
    const ended = { id, startedAt, endedAt: now(), error: messageOf(error), ids: {}, inverses: [] };
    await journal.end({ ...ended, state: refused ? 'unchanged' : 'failed' }).catch(() => undefined);
    throw error;
  }
  const { changed, ids = {}, inverses = [] } = deps.outcome(result);
  const state = changed ? 'done' : 'unchanged';
  await journal.end({ id, startedAt, endedAt: now(), ids, inverses, state }).catch(() => undefined);
  return result;
}
