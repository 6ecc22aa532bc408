import type { LogLine, LogPage } from '../platform/jobs.ts';
import { bytesFrom } from './file-bytes.ts';

/** Read at a time. */
const PAGE_BYTES = 256 * 1024;
/** Enough for the summary of one day, however many tables it has. */
const END_BYTES = 256 * 1024;
const NEWLINE = 0x0a;
/** How the Glue job marks a line that is an event. */
const EVENT = 'DP-EVENT ';

/** The next whole lines of a run's log, whose place is a byte offset. A log that is not there yet has none. */
export async function logPage(path: string, next: string | null): Promise<LogPage> {
  const offset = Number(next ?? 0);
  const bytes = await bytesFrom(path, { offset, length: PAGE_BYTES });
  const full = bytes.length === PAGE_BYTES;
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  // A line longer than a page is given in pieces; an unfinished one waits for its end.
  const taken = end === 0 && full ? bytes.length : end;
  const texts = bytes.toString('utf8', 0, taken).split('\n');
  const lines = texts.slice(0, end === 0 ? texts.length : -1).filter((text) => text !== '');
  return { lines: lines.map(lineOf), next: String(offset + taken) };
}

/** How a run ended by its own last words: `error` is null for a loaded day. Undefined when it said nothing of it. */
export async function endOfLog(path: string): Promise<{ readonly error: string | null } | undefined> {
  const bytes = await bytesFrom(path, { offset: -END_BYTES, length: END_BYTES });
  for (const line of bytes.toString('utf8').split('\n').reverse()) {
    const said = parsed(line);
    if (said?.error !== undefined) return { error: said.error.message };
    if (said?.event === 'summary') {
      const [day] = said.days ?? [];
      return { error: day?.state === 'verified' ? null : (day?.error?.message ?? 'The day was not loaded.') };
    }
  }
  return undefined;
}

interface Said {
  readonly event?: string;
  readonly at?: string;
  readonly days?: readonly { readonly state: string; readonly error?: { readonly message: string } }[];
  readonly error?: { readonly message: string };
}

/** What dp says with --json, in the words of the Glue job's log; all else as it stands. */
function lineOf(line: string): LogLine {
  const said = parsed(line);
  const atMs = Date.parse(said?.at ?? '') || null;
  if (said?.event !== undefined) return { atMs, text: `${EVENT}${line}` };
  return { atMs, text: said?.error === undefined ? line : `Error: ${said.error.message}` };
}

function parsed(line: string): Said | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Said;
  } catch {
    return undefined;
  }
}
