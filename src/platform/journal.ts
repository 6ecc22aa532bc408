/** What dp changed in an environment: who, when, why, and how to take it back. */

/** How a change is taken back. Only what loses nothing has an inverse. */
export type Inverse =
  /** Points the day back from the run that this change published, to the one before or to the one named. */
  | {
      readonly kind: 'roll-back-day';
      readonly date: string;
      readonly fromRunId: string;
      readonly toRunId?: string;
    }
  /** Goes back from the version that this change made current. */
  | { readonly kind: 'roll-back-secret'; readonly name: string; readonly fromVersion: string }
  /** Goes back to the interval there was before this change made it `fromDays`. Null is no interval. */
  | {
      readonly kind: 'schedule-secret';
      readonly name: string;
      readonly fromDays: number | null;
      readonly toDays: number | null;
    };

export interface JournalEntry {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly who: string;
  /** As it was typed: `dp etl run --date 2026-11-22`. */
  readonly command: string;
  /** What the operator gave with --reason. */
  readonly reason?: string;
  /** The entry that this change took back. */
  readonly undoes?: string;
  /** `unfinished`: nothing says how it ended; it runs still, or was killed. */
  readonly state: 'unfinished' | 'done' | 'failed';
  readonly endedAt?: string;
  /** Why it failed. */
  readonly error?: string;
  /** Runs, versions, stacks: whatever finds the change in other places. */
  readonly ids: Readonly<Record<string, string>>;
  readonly inverses: readonly Inverse[];
}

export type JournalBegin = Pick<JournalEntry, 'id' | 'startedAt' | 'who' | 'command' | 'reason' | 'undoes'>;
export type JournalEnd = Pick<JournalEntry, 'id' | 'endedAt' | 'error' | 'ids' | 'inverses'> & {
  /** `unchanged` takes the entry out of the journal's view. */
  readonly state: 'done' | 'failed' | 'unchanged';
};

export interface Journal {
  begin(entry: JournalBegin): Promise<void>;
  end(entry: JournalEnd): Promise<void>;
  /** Oldest first. What changed nothing is left out. */
  list(): Promise<JournalEntry[]>;
}
