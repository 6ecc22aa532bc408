import type { LogLine, LogReader, LogSourceName, Logs } from '../platform/logs.ts';
import type { Clock } from '../std/clock.ts';
import { pause } from '../std/deadline.ts';

const LOOK_EVERY_MS = 250;

export interface ReadLogsInput {
  /** `all` is every source the environment has. */
  readonly source: LogSourceName | 'all';
  /** Lines older than this are left out. */
  readonly sinceMs: number;
  readonly grep?: RegExp;
  /** Goes on until the signal is aborted. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** Gives the lines of one source, or of all merged by time; then, when asked to follow, each new one as it appears. */
export async function readLogs(
  input: ReadLogsInput,
  deps: { readonly logs: Logs; readonly clock: Clock; readonly line: (line: LogLine) => Promise<void> },
): Promise<void> {
  const names = input.source === 'all' ? deps.logs.sources : [input.source];
  const readers: LogReader[] = [];
  try {
    for (const name of names) readers.push(await deps.logs.open(name));
    await readOn(readers, input, deps);
  } finally {
    for (const reader of readers) await reader[Symbol.asyncDispose]();
  }
}

async function readOn(
  readers: readonly LogReader[],
  input: ReadLogsInput,
  deps: { readonly clock: Clock; readonly line: (line: LogLine) => Promise<void> },
): Promise<void> {
  const oldest = new Date(deps.clock.now() - input.sinceMs).toISOString();
  for (;;) {
    for await (const line of mergeByTime(readers)) {
      input.signal.throwIfAborted();
      if (line.at < oldest) continue;
      if (input.grep === undefined || input.grep.test(line.text)) await deps.line(line);
    }
    if (!input.follow) return;
    await pause(LOOK_EVERY_MS, input.signal);
  }
}

/** Holds one line of each source at a time, however long they are. Lines of one source keep their order. */
async function* mergeByTime(readers: readonly LogReader[]): AsyncGenerator<LogLine, void, undefined> {
  const heads: { line: LogLine; rest: AsyncIterator<LogLine> }[] = [];
  for (const reader of readers) {
    const rest = reader.lines()[Symbol.asyncIterator]();
    const first = await rest.next();
    if (first.done !== true) heads.push({ line: first.value, rest });
  }
  while (heads.length > 0) {
    const earliest = heads.reduce((best, head) => (head.line.at < best.line.at ? head : best));
    yield earliest.line;
    const next = await earliest.rest.next();
    if (next.done === true) heads.splice(heads.indexOf(earliest), 1);
    else earliest.line = next.value;
  }
}
