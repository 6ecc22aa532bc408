import assert from 'node:assert/strict';
import test from 'node:test';
import { TunnelSimulation } from '../support/tunnel-simulation.ts';

/** All of them in CI, where the machine is ours; a tenth while working. `DP_SEED=n` runs one, `DP_SEEDS=n` so many. */
const SEEDS = Number(process.env.DP_SEEDS ?? (process.env.CI === 'true' ? 10_000 : 1_000));

test('every byte arrives once and in order, or its stream ends and says so', () => {
  const only = process.env.DP_SEED;
  const seeds = only === undefined ? Array.from({ length: SEEDS }, (_, seed) => seed) : [Number(only)];
  const seen = new Map<string, number>();
  for (const seed of seeds) {
    const result = runSeed(seed);
    for (const end of result.streamEnds) seen.set(String(end), (seen.get(String(end)) ?? 0) + 1);
  }
  if (only !== undefined) return;
  // Runs that never meet a fault prove nothing: each kind of end must have come up.
  for (const end of ['finished', 'closed', 'dial-failed', 'no-answer', 'too-slow', 'session-lost'])
    assert.ok((seen.get(end) ?? 0) > 0, `no stream ended as ${end}`);
});

function runSeed(seed: number): ReturnType<TunnelSimulation['run']> {
  try {
    return new TunnelSimulation(seed).run();
  } catch (error) {
    throw new Error(`seed ${seed} fails; repeat it with DP_SEED=${seed}`, { cause: error });
  }
}
