import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Journal, JournalBegin, JournalEnd, JournalEntry } from '../platform/journal.ts';

type JournalLine = ({ readonly line: 'begin' } & JournalBegin) | ({ readonly line: 'end' } & JournalEnd);

/**
 * A journal in one file of JSON lines: one when a change begins, one when it ends. Lines are only ever added, each
 * in one write, so several dp may write at once, and a killed one loses at most its own last line.
 */
export function openFileJournal({ path }: { readonly path: string }): Journal {
  const append = async (line: JournalLine): Promise<void> => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await appendFile(path, `${JSON.stringify(line)}\n`, { mode: 0o600, flush: true });
  };
  return {
    begin: (entry) => append({ line: 'begin', ...entry }),
    end: (entry) => append({ line: 'end', ...entry }),
    list: async () => entriesOf(await readLines(path)),
  };
}

async function readLines(path: string): Promise<JournalLine[]> {
  const text = await readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line) => parseJournalLine(line) ?? []);
}

/** Undefined for a line that was cut off by a kill or a full disk: the change itself left its other line. */
function parseJournalLine(text: string): JournalLine | undefined {
  try {
    return text === '' ? undefined : (JSON.parse(text) as JournalLine);
  } catch {
    return undefined;
  }
}

function entriesOf(lines: readonly JournalLine[]): JournalEntry[] {
  const entries = new Map<string, JournalEntry>();
  for (const line of lines) {
    if (line.line === 'begin') {
      const { line: _kind, ...begun } = line;
      entries.set(line.id, { ...begun, state: 'unfinished', ids: {}, inverses: [] });
      continue;
    }
    const begun = entries.get(line.id);
    const { line: _kind, state, ...ended } = line;
    if (state === 'unchanged') entries.delete(line.id);
    else if (begun !== undefined) entries.set(line.id, { ...begun, ...ended, state });
  }
  return [...entries.values()];
}
