import type { CheckedHop } from '../operations/run-hops.ts';
import type { Platform } from '../platform/platform.ts';
import { pause } from '../std/deadline.ts';
import type { ErrorReport } from './describe-error.ts';

/** After an error an operator waits no longer than this for a hint. */
const HINT_MS_MAX = 3_000;
/** Wrong input, wrong SQL and the like are no sign of a broken platform. */
const WORTH_LOOKING =
  /^(api-|aws-|bastion-|catalog-|crawler-|database-|door-|engine-|environment-|extract-|iam-|job-|lake-|master-|no-password-|not-allowed|query-failed|rotation-|run-|schedule-|secret-|session-|shop-api-|target-|tunnel-|workgroup-)/;
/** These say themselves what is behind them, or are about something else than the platform's state. */
const SPEAKS_FOR_ITSELF = new Set([
  'environment-not-deployed',
  'lake-contract-invalid',
  'lake-differs',
  'lake-sql-not-portable',
  'run-id-used',
  'run-unknown',
]);

export interface BrokenHop {
  readonly hop: string;
  readonly reason: string;
  readonly command?: string;
}

/**
 * Looks for the one broken hop behind an error, for three seconds at most. Undefined when none is found, when the
 * error speaks for itself, or when looking fails: a hint never stands in the way of the error.
 */
export async function nameBrokenHop(
  report: Pick<ErrorReport, 'code'>,
  deps: { readonly platform: Platform; readonly lakeDatabase: string },
): Promise<BrokenHop | undefined> {
  if (!WORTH_LOOKING.test(report.code) || SPEAKS_FOR_ITSELF.has(report.code)) return undefined;
  const late = new AbortController();
  try {
    const { diagnosePlatform } = await import('../operations/diagnose-platform.ts');
    const open = async () => deps;
    const known: CheckedHop[] = [];
    const nowMs = (): number => performance.now();
    const checked = (hop: CheckedHop): void => void known.push(hop);
    const found = await Promise.race([
      diagnosePlatform({ fix: false, hint: true }, { open, checked, nowMs, signal: late.signal }),
      pause(HINT_MS_MAX, late.signal).then(() => undefined),
    ]);
    // What is red has all it needs: whatever else is still being looked at, this is broken by itself.
    const hop = (found?.hops ?? known).find(({ light }) => light === 'red');
    if (hop === undefined) return undefined;
    const { name, reason, command } = hop;
    return command === undefined ? { hop: name, reason } : { hop: name, reason, command };
  } catch {
    return undefined;
  } finally {
    late.abort();
  }
}
