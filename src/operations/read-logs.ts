import type { LogLine, LogReader, LogSourceName, Logs } from '../platform/logs.ts';
import type { Clock } from '../std/clock.ts';
import { pause } from '../std/deadline.ts';
import { mergeSorted } from '../std/merge-sorted.ts';
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
    const logs = readers.map((reader) => reader.lines());
    for await (const line of mergeSorted(logs, { isBefore, begunAtATime: READERS_AT_A_TIME })) {
      input.signal.throwIfAborted();
      if (line.at < input.oldest) continue;
      if (input.grep === undefined || input.grep.test(line.text)) await deps.line(line);
    }
    if (!input.follow) return;
    await pause(deps.logs.lookEveryMs, input.signal);
  }
}

function isBefore(line: LogLine, other: LogLine): boolean {
  return line.at < other.at;
}
