import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { entriesOf, type JournalLine, type OutgoingJournal } from '../platform/journal.ts';

/** Says that the team's journal has a line of this one. */
interface SentLine {
  readonly line: 'sent';
  readonly id: string;
  readonly sent: JournalLine['line'];
}

/**
 * A journal in one file of JSON lines: one when a change begins, one when it ends, and one for each that was sent. Lines
 * are only ever added, each in one write, so several dp may write at once, and a killed one loses at most its own last line.
 */
export function openFileJournal({ path }: { readonly path: string }): OutgoingJournal {
  const append = async (lines: readonly (JournalLine | SentLine)[]): Promise<void> => {
    if (lines.length === 0) return;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    await appendFile(path, text, { mode: 0o600, flush: true });
  };
  return {
    begin: (entry) => append([{ line: 'begin', ...entry }]),
    end: (entry) => append([{ line: 'end', ...entry }]),
    list: async (limits) => entriesOf((await readLines(path)).filter(isChange), limits),
    unsent: async () => {
      const lines = await readLines(path);
      const sent = new Set(
        lines.flatMap((line) => (line.line === 'sent' ? [`${line.sent} ${line.id}`] : [])),
      );
      return lines.filter(isChange).filter(({ line, id }) => !sent.has(`${line} ${id}`));
    },
    markSent: (lines) => append(lines.map(({ line, id }) => ({ line: 'sent', id, sent: line }))),
  };
}

function isChange(line: JournalLine | SentLine): line is JournalLine {
  return line.line !== 'sent';
}

async function readLines(path: string): Promise<(JournalLine | SentLine)[]> {
  const text = await readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line) => parseLine(line) ?? []);
}

/** Undefined for a line that was cut off by a kill or a full disk: the change itself left its other line. */
function parseLine(text: string): JournalLine | SentLine | undefined {
  try {
    return text === '' ? undefined : (JSON.parse(text) as JournalLine | SentLine);
  } catch {
    return undefined;
  }
}
