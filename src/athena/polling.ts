/** The first look at a query that has been started, and the steps to the slowest. */
export const POLL_FIRST_MS = 100;
const GROWTH = 1.4;
/** Looks come at least this often while a query is young, and later when it is old. */
const POLL_YOUNG_MS_MAX = 1000;
const POLL_OLD_MS_MAX = 5000;
/** A query is old from here on. */
const OLD_AFTER_MS = 30_000;
/** Each wait is up to this share shorter or longer, so that many queries do not look at the same moment. */
const JITTER = 0.2;
/** After a throttled look the next wait is this many times as long. */
const THROTTLED_FACTOR = 2;

export interface PollState {
  /** The wait before, in milliseconds; undefined before the first look. */
  readonly lastMs?: number;
  /** Since the query was started. */
  readonly ageMs: number;
  /** Whether the service refused the last look for its rate. */
  readonly throttled?: boolean;
}

/** How long to wait before the next look, in milliseconds: 100 ms, growing to 1 s, and to 5 s for long queries. `random` gives 0 to 1. */
export function nextPollMs(state: PollState, random: () => number): number {
  const longest = state.ageMs < OLD_AFTER_MS ? POLL_YOUNG_MS_MAX : POLL_OLD_MS_MAX;
  const factor = state.throttled === true ? THROTTLED_FACTOR : GROWTH;
  const planned = state.lastMs === undefined ? POLL_FIRST_MS : state.lastMs * factor;
  const limited = Math.min(planned, state.throttled === true ? POLL_OLD_MS_MAX : longest);
  return Math.round(limited * (1 - JITTER + 2 * JITTER * random()));
}
