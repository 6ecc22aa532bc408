import type { LogLine, LogReader } from '../platform/logs.ts';
import type { Clock } from '../std/clock.ts';
import { passesByItself } from '../std/failure.ts';
import { mergeSorted } from '../std/merge-sorted.ts';

/** How often new log groups are looked for, in milliseconds: a crawler or job that ran for the first time has made one. */
const FIND_EVERY_MS = 30_000;
const GROUPS_AT_A_TIME = 4;

export interface GrowingLogDeps {
  /** The names of the groups that are there now. */
  readonly find: () => Promise<readonly string[]>;
  readonly open: (group: string) => LogReader;
  readonly clock: Clock;
}

/** The lines of log groups whose names AWS makes up: of those that are there, and of each that comes later. */
export class GrowingLog implements LogReader {
  readonly #readers = new Map<string, LogReader>();
  readonly #deps: GrowingLogDeps;
  #foundMs: number;

  constructor({ groups }: { readonly groups: readonly string[] }, deps: GrowingLogDeps) {
    this.#deps = deps;
    this.#foundMs = deps.clock.now();
    this.#add(groups);
  }

  async *lines(): AsyncGenerator<LogLine, void, undefined> {
    await this.#findMore();
    const logs = [...this.#readers.values()].map((reader) => reader.lines());
    const isBefore = (line: LogLine, other: LogLine): boolean => line.at < other.at;
    yield* mergeSorted(logs, { isBefore, begunAtATime: GROUPS_AT_A_TIME });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const reader of this.#readers.values()) await reader[Symbol.asyncDispose]();
  }

  /** A new group is read from where the follower began, however late it is found. */
  async #findMore(): Promise<void> {
    const now = this.#deps.clock.now();
    if (now - this.#foundMs < FIND_EVERY_MS) return;
    try {
      this.#add(await this.#deps.find());
      this.#foundMs = now;
    } catch (error) {
      // The next look tries again; the groups that are known say what is wrong.
      if (!passesByItself(error)) throw error;
    }
  }

  #add(groups: readonly string[]): void {
    for (const group of groups) {
      if (!this.#readers.has(group)) this.#readers.set(group, this.#deps.open(group));
    }
  }
}
