import { Failure, messageOf } from '../std/failure.ts';

/** green: fine. yellow: works, and wants attention. red: broken. skipped: cannot be looked at because of another hop. */
export type Light = 'green' | 'yellow' | 'red' | 'skipped';

export interface HopFinding {
  readonly light: Light;
  /** One sentence without the hop's name. */
  readonly reason: string;
  /** The command that fixes it; not for green. */
  readonly command?: string;
}

/** One thing that must work for the platform to work, and how to find out. */
export interface Hop {
  readonly name: string;
  /** Hops that must not be red for this one to make sense. All stand before it in the chain. */
  readonly needs: readonly string[];
  readonly timeLimitMs: number;
  /** Looks, and changes nothing. What it throws makes the hop red in its own words. */
  check(): Promise<HopFinding>;
  /** Puts it right without losing anything; says what was done. Missing where only the operator can. */
  repair?(): Promise<string>;
}

export interface CheckedHop extends HopFinding {
  readonly name: string;
  readonly elapsedMs: number;
}

/**
 * Checks a chain of hops, each as soon as those it needs have been found to work, and each within its limit.
 * Gives them in the chain's order, whichever came first.
 */
export async function runHops(
  hops: readonly Hop[],
  deps: { readonly nowMs: () => number; readonly checked?: (hop: CheckedHop) => void },
): Promise<CheckedHop[]> {
  const running = new Map<string, Promise<CheckedHop>>();
  for (const hop of hops) {
    const needed = hop.needs.flatMap((name) => running.get(name) ?? []);
    const checking = Promise.all(needed).then(async (found) => {
      const checked = await checkHop(hop, found, deps.nowMs);
      deps.checked?.(checked);
      return checked;
    });
    running.set(hop.name, checking);
  }
  return Promise.all(running.values());
}

async function checkHop(hop: Hop, needed: readonly CheckedHop[], nowMs: () => number): Promise<CheckedHop> {
  const { name } = hop;
  const cause = needed.find(({ light }) => light === 'red' || light === 'skipped');
  if (cause !== undefined) {
    const reason = `not looked at, since ${cause.name} ${cause.light === 'red' ? 'is broken' : 'was not either'}`;
    return { name, light: 'skipped', reason, elapsedMs: 0 };
  }
  const started = nowMs();
  const finding = await withLimit(hop);
  return { name, ...finding, elapsedMs: Math.round(nowMs() - started) };
}

async function withLimit(hop: Hop): Promise<HopFinding> {
  const seconds = hop.timeLimitMs / 1000;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HopFinding>((resolve) => {
    timer = setTimeout(
      () => resolve({ light: 'red', reason: `no answer within ${seconds} s`, command: 'dp doctor --debug' }),
      hop.timeLimitMs,
    );
  });
  try {
    return await Promise.race([hop.check().catch(findingOf), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A port that an environment does not have yet is nothing to fix. */
function findingOf(error: unknown): HopFinding {
  if (!(error instanceof Failure)) {
    return { light: 'red', reason: messageOf(error), command: 'dp doctor --debug' };
  }
  if (error.code === 'not-available-on-aws') return { light: 'skipped', reason: error.message };
  const [command] = error.nextSteps;
  return { light: 'red', reason: error.message, ...(command === undefined ? {} : { command }) };
}
