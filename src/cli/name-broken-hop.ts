import type { CheckedHop } from '../operations/run-hops.ts';
import type { Platform } from '../platform/platform.ts';
import { pause } from '../std/deadline.ts';
import type { ErrorReport } from './describe-error.ts';

/** After an error an operator waits no longer than this for a hint. */
const HINT_MS_MAX = 3_000;
/** Wrong input, wrong SQL and the like are no sign of a broken platform. */
const WORTH_LOOKING =
  /^(database-|environment-|lake-|catalog-|bastion-|target-|session-|secret-un|aws-|query-failed|schedule-|job-)/;
const ALREADY_SAID = new Set(['environment-not-deployed', 'local-busy']);

export interface BrokenHop {
  readonly hop: string;
  readonly reason: string;
  readonly command?: string;
}

/**
 * Looks for the one broken hop behind an error, for three seconds at most. Undefined when none is found, when it says
 * no more than the error, when the error speaks for itself, or when looking fails: a hint never stands in the way of the error.
 */
export async function nameBrokenHop(
  report: ErrorReport,
  deps: { readonly platform: Platform; readonly lakeDatabase: string },
): Promise<BrokenHop | undefined> {
  if (!WORTH_LOOKING.test(report.code) || ALREADY_SAID.has(report.code)) return undefined;
  const late = new AbortController();
  try {
    const { diagnosePlatform } = await import('../operations/diagnose-platform.ts');
    const open = async () => deps;
    const known: CheckedHop[] = [];
    const checked = (hop: CheckedHop): void => void known.push(hop);
    const found = await Promise.race([
      diagnosePlatform({ fix: false, hint: true }, { open, checked, nowMs: () => performance.now() }),
      pause(HINT_MS_MAX, late.signal).then(() => undefined),
    ]);
    // What is red has all it needs: whatever else is still being looked at, this is broken by itself.
    const hop = (found?.hops ?? known).find(({ light }) => light === 'red');
    if (hop === undefined || hop.reason === report.message) return undefined;
    const { name, reason, command } = hop;
    return command === undefined ? { hop: name, reason } : { hop: name, reason, command };
  } catch {
    return undefined;
  } finally {
    late.abort();
  }
}
