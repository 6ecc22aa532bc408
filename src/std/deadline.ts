import { setTimeout as after } from 'node:timers/promises';

/** Waits `ms` milliseconds, or rejects with the signal's reason as soon as it is aborted. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await after(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** What `work` gives, or a rejection once it has taken longer than `ms` milliseconds. The work itself goes on. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export interface UntilLimits {
  readonly timeoutMs: number;
  readonly everyMs: number;
  readonly signal?: AbortSignal;
}

/** Asks `probe` again and again until it gives something, or gives `undefined` once the time is over. */
export async function until<T>(
  probe: () => Promise<T | undefined>,
  limits: UntilLimits,
): Promise<T | undefined> {
  const end = Date.now() + limits.timeoutMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() >= end) return undefined;
    await pause(limits.everyMs, limits.signal);
  }
}
