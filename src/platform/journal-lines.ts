import type { JournalEntry } from './journal.ts';
import type { LogLine, LogReader, LogSourceName } from './logs.ts';

/** The journal as a log: a change is one line when it begins and one when it has ended. */
export function journalReader(
  source: LogSourceName,
  { list, wanted }: { readonly list: () => Promise<JournalEntry[]>; readonly wanted: RegExp },
): LogReader {
  const told = new Set<string>();
  return {
    async *lines() {
      const entries = (await list()).filter(({ command }) => wanted.test(command));
      const found = entries.flatMap((entry) => linesOf(source, entry));
      for (const { key, line } of found.sort((a, b) => a.line.at.localeCompare(b.line.at))) {
        if (told.has(key)) continue;
        told.add(key);
        yield line;
      }
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function linesOf(source: LogSourceName, entry: JournalEntry): { key: string; line: LogLine }[] {
  const { id, who, command, reason, startedAt, endedAt, state, error } = entry;
  const why = reason === undefined ? '' : `, because: ${reason}`;
  const begun = { at: startedAt, source, text: `${id} ${who} began ${command}${why}` };
  const lines = [{ key: `begin ${id}`, line: begun }];
  if (endedAt === undefined) return lines;
  const end = error === undefined ? state : `${state}: ${error}`;
  return [...lines, { key: `end ${id}`, line: { at: endedAt, source, text: `${id} ${command}: ${end}` } }];
}
