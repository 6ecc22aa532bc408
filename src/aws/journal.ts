import {
  entriesOf,
  type Journal,
  type JournalEntry,
  type JournalLimits,
  type JournalLine,
  type OutgoingJournal,
} from '../platform/journal.ts';
import type { Lake } from '../platform/lake.ts';
import { within } from '../std/deadline.ts';
import { eachOf } from '../std/each-of.ts';
import { messageOf } from '../std/failure.ts';

/** Where the bucket of the lake keeps the team's journal: two objects a change, named by when it began. */
const PREFIX = 'journal/';
/** Objects read or written at a time. */
const AT_A_TIME = 8;
/** Changes read at a time, from the newest on. */
const CHANGES_PER_STEP = 32;
/** How long the team's journal may keep a command waiting, in milliseconds. */
const PATIENCE_MS = 5_000;

export interface TeamJournalDeps {
  /** This machine's journal. It has every line first. */
  readonly mine: OutgoingJournal;
  readonly bucket: () => Promise<Pick<Lake, 'list' | 'read' | 'writeIfAbsent'>>;
  /** Whom AWS takes the operator for: `operator/ann`. */
  readonly identity: () => Promise<string>;
  readonly notify: (text: string) => void;
}

/**
 * The journal that everybody who operates an environment sees. A line is written here first and then sent; one that cannot be
 * sent is said, kept, and sent with the next change. Sending twice is harmless: an object is only ever created.
 */
export function openTeamJournal(deps: TeamJournalDeps): Journal {
  const known = new Map<string, JournalLine[]>();
  let hasComplained = false;
  /** Said once, until the team's journal can be read again: a follower lists again and again. */
  let isAlone = false;
  const complain = (why: string): void => {
    if (!hasComplained) deps.notify(`${why} It is kept here and sent with the next change.`);
    hasComplained = true;
  };
  const send = (): Promise<void> =>
    within(PATIENCE_MS, sendAll(deps)).catch((error: unknown) =>
      complain(`The team’s journal cannot be written to (${messageOf(error)}).`),
    );
  return {
    begin: async (entry) => {
      const identity = await within(PATIENCE_MS, deps.identity()).catch(() => undefined);
      await deps.mine.begin({
        ...entry,
        who: identity === undefined ? entry.who : `${identity} (${entry.who})`,
      });
      await send();
    },
    end: async (entry) => {
      await deps.mine.end(entry);
      await send();
    },
    list: async (limits) => {
      const mine = await deps.mine.list(limits);
      const team = await readTeam(deps, known, limits).catch((error: unknown) => {
        if (!isAlone) deps.notify(`Only the changes of this machine are shown: ${messageOf(error)}`);
        isAlone = true;
        return undefined;
      });
      if (team !== undefined) isAlone = false;
      return merged(team ?? [], mine, limits);
    },
  };
}

async function sendAll({ mine, bucket }: TeamJournalDeps): Promise<void> {
  const lines = await mine.unsent();
  if (lines.length === 0) return;
  const store = await bucket();
  const bytes = (line: JournalLine): Uint8Array => new TextEncoder().encode(JSON.stringify(line));
  await eachOf(lines, AT_A_TIME, async (line) => {
    await store.writeIfAbsent(keyOf(line), bytes(line));
    await mine.markSent([line]);
  });
}

function keyOf({ startedAt, id, line }: JournalLine): string {
  return `${PREFIX}${startedAt.replaceAll(':', '-')}-${id}/${line}.json`;
}

/** Newest first, in steps, until there are enough. What has ended is read once. */
async function readTeam(
  { bucket }: TeamJournalDeps,
  known: Map<string, JournalLine[]>,
  { entriesMax = Number.MAX_SAFE_INTEGER, fromMs = 0 }: JournalLimits = {},
): Promise<JournalEntry[]> {
  const store = await bucket();
  const oldest = `${PREFIX}${new Date(fromMs).toISOString().replaceAll(':', '-')}`;
  const keys = (await store.list(PREFIX)).map(({ key }) => key).filter((key) => key >= oldest);
  const changes = [...new Set(keys.map((key) => key.slice(0, key.lastIndexOf('/') + 1)))].sort().reverse();
  const lines: JournalLine[] = [];
  for (let from = 0; from < changes.length; from += CHANGES_PER_STEP) {
    const step = changes.slice(from, from + CHANGES_PER_STEP);
    const read = await eachOf(step, AT_A_TIME, async (change) => {
      const found =
        known.get(change) ??
        (await readChange(
          keys.filter((key) => key.startsWith(change)),
          store,
        ));
      if (found.some(({ line }) => line === 'end')) known.set(change, found);
      return found;
    });
    lines.push(...read.flat());
    if (entriesOf(lines).length >= entriesMax) break;
  }
  return entriesOf(lines);
}

/** The begin before the end. */
async function readChange(keys: readonly string[], store: Pick<Lake, 'read'>): Promise<JournalLine[]> {
  const lines: JournalLine[] = [];
  for (const key of [...keys].sort()) {
    const bytes = await store.read(key);
    if (bytes !== undefined) lines.push(JSON.parse(new TextDecoder().decode(bytes)) as JournalLine);
  }
  return lines;
}

/** What this machine knows of its own changes is never older than what it has sent. */
function merged(
  team: readonly JournalEntry[],
  mine: readonly JournalEntry[],
  { entriesMax = Number.MAX_SAFE_INTEGER }: JournalLimits = {},
): JournalEntry[] {
  const entries = new Map([...team, ...mine].map((entry) => [`${entry.startedAt} ${entry.id}`, entry]));
  const inOrder = [...entries.values()].sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  return inOrder.slice(-entriesMax);
}
