/**
 * When to ask Athena again whether a query has ended: soon at first, because most queries are short, then at
 * ease, because the calls are limited per account and a long query does not hurry.
 */
export const POLLING = {
  firstMs: 100,
  factor: 1.4,
  /** The most while the query is young. */
  youngMostMs: 1_000,
  youngMs: 30_000,
  /** The most ever. */
  mostMs: 5_000,
  /** Spreads the calls of many clients by this share around the wait. */
  jitter: 0.2,
} as const;

export interface PollState {
  /** Polls made so far. */
  readonly polls: number;
  /** Since the query was started. */
  readonly elapsedMs: number;
  /** Throttled answers in a row: each doubles the wait. */
  readonly throttled: number;
  /** In [0, 1). */
  readonly random: number;
}

/** Milliseconds to wait before the next poll. */
export function nextPollMs({ polls, elapsedMs, throttled, random }: PollState): number {
  const most = elapsedMs < POLLING.youngMs ? POLLING.youngMostMs : POLLING.mostMs;
  const waited = Math.min(most, POLLING.firstMs * POLLING.factor ** Math.min(polls, 40));
  const doubled = Math.min(POLLING.mostMs * 4, waited * 2 ** Math.min(throttled, 10));
  return Math.round(doubled * (1 - POLLING.jitter + 2 * POLLING.jitter * random));
}
