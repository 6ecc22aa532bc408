/** Who runs a day. Enough to say whether it still lives. */
export interface RunOwner {
  readonly host: string;
  readonly pid: number;
  /** When the process began, in the machine's own words: pids are used again. */
  readonly processStart: string;
}

/**
 * One generation of a day's lock. A lock is taken by writing the next generation where nothing may exist yet,
 * so two can never hold one; it is given back by marking it released.
 */
export interface DayLock {
  readonly runId: string;
  readonly owner: RunOwner;
  /** Milliseconds since the epoch; renewed while the run lives. */
  readonly heartbeatMs: number;
  readonly released: boolean;
  /** Of a claim: the last run of the job that a claimant has started for the day. */
  readonly jobRun?: string;
}

export const HEARTBEAT_EVERY_MS = 10_000;
/** Nine beats missed: longer than a stop-the-world or a lost network usually lasts. */
export const HEARTBEAT_LOST_MS = 90_000;

/** Whether a lock still keeps others out. `ownerGone` is undefined where nobody can tell. */
export function lockHolds(
  lock: DayLock,
  now: { readonly ms: number; readonly ownerGone: boolean | undefined },
): boolean {
  if (lock.released) return false;
  if (now.ownerGone !== undefined) return !now.ownerGone;
  return now.ms - lock.heartbeatMs < HEARTBEAT_LOST_MS;
}

export function formatLock(lock: DayLock): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(lock)}\n`);
}

/** Undefined for bytes that are no lock: half-written by hand, or of something else. */
export function parseLock(bytes: Uint8Array): DayLock | undefined {
  try {
    const lock = JSON.parse(new TextDecoder().decode(bytes)) as DayLock;
    return typeof lock.runId === 'string' && typeof lock.heartbeatMs === 'number' ? lock : undefined;
  } catch {
    return undefined;
  }
}
