import { type Hop, type HopFinding, yellow } from '../platform/hops.ts';
import { pause } from '../std/deadline.ts';
import { Failure, messageOf } from '../std/failure.ts';

export interface CheckedHop extends HopFinding {
  readonly name: string;
  readonly elapsedMs: number;
}

export interface RunHopsDeps {
  readonly nowMs: () => number;
  readonly checked?: (hop: CheckedHop) => void;
  /** When it fires, nothing is waited for any more. */
  readonly signal?: AbortSignal;
}

/**
 * Checks a chain of hops, each as soon as those it needs have been found to work, and each within its limit.
 * Gives them in the chain's order, whichever came first. Rejects with the signal's reason as soon as it fires.
 */
export async function runHops(hops: readonly Hop[], deps: RunHopsDeps): Promise<CheckedHop[]> {
  const running = new Map<string, Promise<CheckedHop>>();
  for (const hop of hops) {
    const needed = hop.needs.flatMap((name) => running.get(name) ?? []);
    const checking = Promise.all(needed).then(async (found) => {
      const checked = await checkHop(hop, found, deps);
      deps.checked?.(checked);
      return checked;
    });
    running.set(hop.name, checking);
  }
  return Promise.all(running.values());
}

async function checkHop(
  hop: Hop,
  needed: readonly CheckedHop[],
  { nowMs, signal }: RunHopsDeps,
): Promise<CheckedHop> {
  const { name } = hop;
  const cause = needed.find(({ light }) => light === 'red' || light === 'skipped');
  if (cause !== undefined) {
    const reason = `not looked at, since ${cause.name} ${cause.light === 'red' ? 'is broken' : 'was not either'}`;
    return { name, light: 'skipped', reason, elapsedMs: 0 };
  }
  const started = nowMs();
  const finding = await withLimit(hop, signal);
  return { name, ...finding, elapsedMs: Math.round(nowMs() - started) };
}

async function withLimit(hop: Hop, signal = new AbortController().signal): Promise<HopFinding> {
  signal.throwIfAborted();
  const over = new AbortController();
  const late = pause(hop.timeLimitMs, AbortSignal.any([over.signal, signal])).then(
    (): HopFinding => ({
      light: 'red',
      reason: `no answer within ${hop.timeLimitMs / 1000} s`,
      command: 'dp doctor --debug',
    }),
  );
  late.catch(() => undefined);
  try {
    return await Promise.race([hop.check().catch(findingOf), late]);
  } finally {
    over.abort();
  }
}

function findingOf(error: unknown): HopFinding {
  if (!(error instanceof Failure)) {
    return { light: 'red', reason: messageOf(error), command: 'dp doctor --debug' };
  }
  const [command] = error.nextSteps;
  // Who may not look knows nothing: that is no fault of the platform.
  if (error.code === 'not-allowed') return yellow(`it cannot be looked at: ${error.message}`, command ?? '');
  return { light: 'red', reason: error.message, ...(command === undefined ? {} : { command }) };
}
