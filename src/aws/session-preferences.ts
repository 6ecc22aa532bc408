/** The account's Session Manager preferences, a JSON document with minutes as text. */
import type { SessionTimeLimits } from '../platform/sessions.ts';

/** What holds for an account that has set nothing. */
const IDLE_MINUTES_DEFAULT = 20;
const MINUTE_MS = 60_000;

export function readTimeLimits(document: string | undefined): SessionTimeLimits {
  const inputs = inputsOf(document);
  const idle = minutesOf(inputs?.idleSessionTimeout) ?? IDLE_MINUTES_DEFAULT;
  const maximum = minutesOf(inputs?.maxSessionDuration);
  return { idleMs: idle * MINUTE_MS, maximumMs: maximum === undefined ? undefined : maximum * MINUTE_MS };
}

function inputsOf(document: string | undefined): Record<string, unknown> | undefined {
  try {
    return JSON.parse(document ?? '{}')?.inputs;
  } catch {
    return undefined;
  }
}

/** Empty means: not set. */
function minutesOf(value: unknown): number | undefined {
  const minutes = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isFinite(minutes) && minutes > 0 ? minutes : undefined;
}
