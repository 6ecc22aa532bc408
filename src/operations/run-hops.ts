import type { Hop, HopFinding } from '../platform/hops.ts';
import { Failure, messageOf } from '../std/failure.ts';

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

function findingOf(error: unknown): HopFinding {
  if (!(error instanceof Failure)) {
    return { light: 'red', reason: messageOf(error), command: 'dp doctor --debug' };
  }
  const [command] = error.nextSteps;
  return { light: 'red', reason: error.message, ...(command === undefined ? {} : { command }) };
}
