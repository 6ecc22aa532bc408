import type { LogLine, LogReader, LogSourceName, Logs } from '../platform/logs.ts';
import type { Clock } from '../std/clock.ts';
import { pause } from '../std/deadline.ts';
import { eachOf } from '../std/each-of.ts';
import { noLogYet } from './logs-errors.ts';

/** Logs whose first lines are asked for at a time: services take few such calls a second. */
const READERS_AT_A_TIME = 4;

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

export interface ReadLogsDeps {
  readonly logs: Logs;
  readonly clock: Clock;
  readonly line: (line: LogLine) => Promise<void>;
  /** Says one sentence to the operator. */
  readonly notify: (text: string) => void;
}

/**
 * Gives the lines of one source, or of all merged by time; then, when asked to follow, each new one as it appears.
 * Throws a Failure for a single source that has no log at all.
 */
export async function readLogs(input: ReadLogsInput, deps: ReadLogsDeps): Promise<void> {
  const { source, follow: patient, signal, grep } = input;
  const fromMs = deps.clock.now() - input.sinceMs;
  const request = { fromMs, patient, signal, notify: deps.notify, ...(grep === undefined ? {} : { grep }) };
  const names = source === 'all' ? deps.logs.sources : [source];
  const readers: LogReader[] = [];
  try {
    for (const name of names) readers.push(...(await deps.logs.open(name, request)));
    if (readers.length === 0) throw noLogYet(source);
    await readOn(readers, { ...input, oldest: new Date(fromMs).toISOString() }, deps);
  } finally {
    for (const reader of readers) await reader[Symbol.asyncDispose]();
  }
}

async function readOn(
  readers: readonly LogReader[],
  input: ReadLogsInput & { readonly oldest: string },
  deps: ReadLogsDeps,
): Promise<void> {
  for (;;) {
    for await (const line of mergeByTime(readers)) {
      input.signal.throwIfAborted();
      if (line.at < input.oldest) continue;
      if (input.grep === undefined || input.grep.test(line.text)) await deps.line(line);
    }
    if (!input.follow) return;
    await pause(deps.logs.lookEveryMs, input.signal);
  }
}

/** Holds one line of each log at a time, however long they are. Lines of one log keep their order. */
async function* mergeByTime(readers: readonly LogReader[]): AsyncGenerator<LogLine, void, undefined> {
  const begun = await eachOf(readers, READERS_AT_A_TIME, async (reader) => {
    const rest = reader.lines()[Symbol.asyncIterator]();
    return { first: await rest.next(), rest };
  });
  const heads = begun.flatMap(({ first, rest }) =>
    first.done === true ? [] : [{ line: first.value, rest }],
  );
  while (heads.length > 0) {
    const earliest = heads.reduce((best, head) => (head.line.at < best.line.at ? head : best));
    yield earliest.line;
    const next = await earliest.rest.next();
    if (next.done === true) heads.splice(heads.indexOf(earliest), 1);
    else earliest.line = next.value;
  }
}
