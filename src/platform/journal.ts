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
    }
  /** Gives the daily schedule back the state it had, from the one that this change gave it. */
  | { readonly kind: 'restore-schedule'; readonly from: ScheduleState; readonly to: ScheduleState };

export interface ScheduleState {
  readonly enabled: boolean;
  /** `cron(0 2 * * ? *)` */
  readonly expression: string;
}

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
export type JournalEnd = Pick<JournalEntry, 'id' | 'startedAt' | 'endedAt' | 'error' | 'ids' | 'inverses'> & {
  /** `unchanged` takes the entry out of the journal's view. */
  readonly state: 'done' | 'failed' | 'unchanged';
};

export interface JournalLimits {
  /** Only the newest of them. */
  readonly entriesMax?: number;
  /** Only changes that began at this time or later. Milliseconds since the epoch. */
  readonly fromMs?: number;
}

export interface Journal {
  begin(entry: JournalBegin): Promise<void>;
  end(entry: JournalEnd): Promise<void>;
  /** Oldest first. What changed nothing is left out. */
  list(limits?: JournalLimits): Promise<JournalEntry[]>;
}

/** One change has two lines: a killed one has only the first. */
export type JournalLine =
  | ({ readonly line: 'begin' } & JournalBegin)
  | ({ readonly line: 'end' } & JournalEnd);

/** This machine's journal, which knows what of it the team has not seen. */
export interface OutgoingJournal extends Journal {
  /** Oldest first. */
  unsent(): Promise<JournalLine[]>;
  markSent(lines: readonly JournalLine[]): Promise<void>;
}

/** What the lines of any number of changes amount to, in the order in which they began. */
export function entriesOf(
  lines: readonly JournalLine[],
  { entriesMax = Number.MAX_SAFE_INTEGER, fromMs = 0 }: JournalLimits = {},
): JournalEntry[] {
  const entries = new Map<string, JournalEntry>();
  for (const line of lines) {
    if (line.line === 'begin') {
      const { line: _kind, ...begun } = line;
      entries.set(line.id, { ...begun, state: 'unfinished', ids: {}, inverses: [] });
      continue;
    }
    const begun = entries.get(line.id);
    const { line: _kind, state, startedAt: _started, ...ended } = line;
    if (state === 'unchanged') entries.delete(line.id);
    else if (begun !== undefined) entries.set(line.id, { ...begun, ...ended, state });
  }
  const from = new Date(fromMs).toISOString();
  const wanted = [...entries.values()].filter(({ startedAt }) => startedAt >= from);
  return wanted.sort((a, b) => a.startedAt.localeCompare(b.startedAt)).slice(-entriesMax);
}
