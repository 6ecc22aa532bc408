import type { FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import type { LogLine, LogReader, LogRequest } from '../platform/logs.ts';
import { backoffMs } from '../std/backoff.ts';
import type { Clock } from '../std/clock.ts';
import { awsFailure, isThrottled, isUnreachable, nameOf, statusOf } from './errors.ts';
import type { SignIn } from './sign-in.ts';

/** A line that CloudWatch shows within this time after its own time is given, in milliseconds. */
export const LATE_MS_MAX = 300_000;
/** How far back most looks go, in milliseconds; one in LOOKS_PER_DEEP_LOOK goes as far as late lines can be. */
const QUICK_LOOK_MS = 20_000;
const LOOKS_PER_DEEP_LOOK = 20;
/** Lines of a page: the most that CloudWatch gives. */
const LINES_PER_PAGE = 10_000;
/** Times a page is asked for again by a reader that is not patient, beyond the SDK's own attempts. */
const ATTEMPTS_MAX = 4;
const WAIT = { firstMs: 500, mostMs: 20_000, factor: 2 } as const;
/** Times a scan is begun again because its place was forgotten, without a new line in between. */
const RESTARTS_MAX = 3;
/** Ids kept before the old ones are looked for. */
const IDS_KEPT_MIN = 10_000;

export interface LogGroupPage {
  readonly events?: readonly FilteredLogEvent[] | undefined;
  readonly nextToken?: string | undefined;
}

export interface LogGroupQuery {
  readonly logGroupName: string;
  readonly startTime: number;
  readonly limit: number;
  readonly filterPattern?: string;
  readonly nextToken?: string;
}

export interface LogGroup {
  readonly group: string;
  /** What its lines are marked with. */
  readonly line: Pick<LogLine, 'source' | 'part'>;
  /** Not there when it was looked for, and the operator knows. */
  readonly isMissing: boolean;
}

export interface LogGroupDeps {
  /** FilterLogEvents. */
  readonly ask: (query: LogGroupQuery, signal: AbortSignal) => Promise<LogGroupPage>;
  readonly clock: Clock;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signIn: Pick<SignIn, 'region' | 'command'>;
}

/**
 * The lines of one log group, each exactly once. CloudWatch has no place to go on from: lines become visible late and
 * out of order, and pages may be given twice. So every look goes back over a window, and leaves out the events whose
 * id was given before. An event is missed only when it becomes visible later than LATE_MS_MAX after its own time: the
 * window of each deep look begins that long before the deep look before it began.
 */
export class LogGroupReader implements LogReader {
  readonly #seen = new Map<string, number>();
  /** Ids known after the old ones were last forgotten. */
  #kept = IDS_KEPT_MIN;
  #newestMs = 0;
  #deepFromMs: number;
  #looks = 0;
  #isMissing: boolean;
  readonly #log: LogGroup;
  readonly #request: LogRequest;
  readonly #deps: LogGroupDeps;

  constructor(log: LogGroup, request: LogRequest, deps: LogGroupDeps) {
    this.#log = log;
    this.#isMissing = log.isMissing;
    this.#request = request;
    this.#deps = deps;
    this.#deepFromMs = request.fromMs;
  }

  async *lines(): AsyncGenerator<LogLine, void, undefined> {
    const isDeep = this.#looks++ % LOOKS_PER_DEEP_LOOK === 0;
    const begunMs = this.#deps.clock.now();
    let fromMs = isDeep
      ? this.#deepFromMs
      : this.#windowStart(Math.min(begunMs, this.#newestMs) - QUICK_LOOK_MS);
    let reachedMs = 0;
    let token: string | undefined;
    let restarts = 0;
    for (;;) {
      const page = await this.#page(fromMs, token, restarts < RESTARTS_MAX);
      if (page === 'place-forgotten') {
        restarts += 1;
        token = undefined;
        if (isDeep) fromMs = this.#lateFrom(begunMs, reachedMs);
        continue;
      }
      for (const event of page.events ?? []) {
        reachedMs = Math.max(reachedMs, event.timestamp ?? 0);
        if (!this.#isNew(event)) continue;
        restarts = 0;
        yield this.#lineOf(event);
      }
      token = page.nextToken;
      if (isDeep) this.#forget(this.#lateFrom(begunMs, reachedMs));
      if (token === undefined) break;
    }
    if (isDeep) this.#deepFromMs = this.#lateFrom(begunMs, reachedMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /**
   * Before this, nothing is asked for once a deep look has come as far as `reachedMs`: neither again by this one, nor by
   * the next. A clock of ours that is wrong, or a line from the future, must not move it past what is still to come.
   */
  #lateFrom(begunMs: number, reachedMs: number): number {
    return this.#windowStart(Math.min(begunMs, reachedMs) - LATE_MS_MAX);
  }

  #windowStart(fromMs: number): number {
    return Math.max(this.#deepFromMs, fromMs);
  }

  #isNew({ eventId = '', timestamp = 0 }: FilteredLogEvent): boolean {
    if (this.#seen.has(eventId)) return false;
    this.#seen.set(eventId, timestamp);
    this.#newestMs = Math.max(this.#newestMs, timestamp);
    return true;
  }

  #lineOf({ timestamp = 0, message = '' }: FilteredLogEvent): LogLine {
    return { at: new Date(timestamp).toISOString(), ...this.#log.line, text: message.replace(/\n$/, '') };
  }

  /** Drops the ids of events that no later look asks for. */
  #forget(beforeMs: number): void {
    if (this.#seen.size < this.#kept * 2) return;
    for (const [id, ms] of this.#seen) if (ms < beforeMs) this.#seen.delete(id);
    this.#kept = Math.max(IDS_KEPT_MIN, this.#seen.size);
  }

  /** One page. Waits out what passes by itself; a group that is not there has no lines. */
  async #page(
    startTime: number,
    nextToken: string | undefined,
    mayRestart: boolean,
  ): Promise<LogGroupPage | 'place-forgotten'> {
    const { group } = this.#log;
    const { signal, patient, notify } = this.#request;
    const query = { ...this.#query(startTime), ...(nextToken === undefined ? {} : { nextToken }) };
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted();
      try {
        const page = await this.#deps.ask(query, signal);
        if (attempt > 0) notify(`${group} is read again.`);
        this.#isMissing = false;
        return page;
      } catch (error) {
        signal.throwIfAborted();
        if (nameOf(error) === 'ResourceNotFoundException') return this.#missing();
        const isForgotten = nextToken !== undefined && nameOf(error) === 'InvalidParameterException';
        if (isForgotten && mayRestart) return 'place-forgotten';
        if (!passesByItself(error) || (!patient && attempt >= ATTEMPTS_MAX)) throw this.#failure(error);
        if (attempt === 0) notify(`${group} cannot be read just now (${wordOf(error)}); trying again.`);
        await this.#deps.pause(backoffMs(attempt, WAIT, Math.random()), signal);
      }
    }
  }

  #query(startTime: number): LogGroupQuery {
    const filterPattern = filterPatternOf(this.#request.grep);
    const logGroupName = this.#log.group;
    return {
      logGroupName,
      startTime,
      limit: LINES_PER_PAGE,
      ...(filterPattern === undefined ? {} : { filterPattern }),
    };
  }

  #missing(): LogGroupPage {
    if (!this.#isMissing) this.#request.notify(`The log group ${this.#log.group} is not there any more.`);
    this.#isMissing = true;
    return {};
  }

  #failure(error: unknown): unknown {
    const { region, command: signInCommand } = this.#deps.signIn;
    return awsFailure(error, { what: `read the log group ${this.#log.group}`, region, signInCommand });
  }
}

/**
 * CloudWatch's own search, for the few expressions that mean exactly the same to it and to us: plain ASCII text that
 * stands anywhere in the line. Undefined for all others, whose lines are chosen here.
 */
export function filterPatternOf(grep: RegExp | undefined): string | undefined {
  const text = grep?.source.replaceAll('\\/', '/');
  return text !== undefined && /^[\w#=@/;,:-]{1,200}$/.test(text) && !/[is]/.test(grep?.flags ?? '')
    ? `%${text}%`
    : undefined;
}

function passesByItself(error: unknown): boolean {
  return isThrottled(error) || isUnreachable(error) || (statusOf(error) ?? 0) >= 500;
}

function wordOf(error: unknown): string {
  return isThrottled(error) ? 'throttled' : isUnreachable(error) ? 'no network' : 'a fault of AWS';
}
