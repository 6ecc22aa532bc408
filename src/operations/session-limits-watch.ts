/** Warns before the account's limits end a session: in good time, once each, and again after new activity. */
import type { SessionTimeLimits } from '../platform/sessions.ts';

export interface LimitsWatch {
  /** Looks at the time and the bytes carried so far. Gives a warning to tell now, or undefined. */
  look(nowMs: number, carriedBytes: number): string | undefined;
}

/** How long before a limit the warning comes; a fifth of the limit where that is shorter. */
const WARN_BEFORE_MS = 2 * 60_000;
const WARN_SHARE = 0.2;

/** Pure: time and bytes come from outside. Sessions are counted from `startedMs`. */
export function watchLimits(limits: SessionTimeLimits, startedMs: number): LimitsWatch {
  let carried = -1;
  let activeMs = startedMs;
  let saidIdle = false;
  let saidMaximum = false;
  return {
    look(nowMs, carriedBytes) {
      if (carriedBytes !== carried) {
        carried = carriedBytes;
        activeMs = nowMs;
        saidIdle = false;
      }
      const { idleMs, maximumMs } = limits;
      if (!saidMaximum && maximumMs !== undefined && nowMs >= startedMs + warnAfterMs(maximumMs)) {
        saidMaximum = true;
        return `${minutesLeft(startedMs + maximumMs - nowMs)} until the session's maximum duration of ${minutes(maximumMs)}; then its connections end and a new session takes over behind the same port`;
      }
      if (saidIdle || idleMs === undefined || nowMs < activeMs + warnAfterMs(idleMs)) return undefined;
      saidIdle = true;
      return `${minutesLeft(activeMs + idleMs - nowMs)} until the session's idle limit of ${minutes(idleMs)}; use a connection, or open the tunnel with --keep-alive`;
    },
  };
}

function warnAfterMs(limitMs: number): number {
  return limitMs - Math.min(WARN_BEFORE_MS, limitMs * WARN_SHARE);
}

function minutes(ms: number): string {
  return `${Math.round(ms / 60_000)} min`;
}

function minutesLeft(ms: number): string {
  return ms < 60_000 ? 'less than a minute' : `about ${minutes(ms)}`;
}
