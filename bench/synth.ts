// `dp synth` of one environment, from a cold start of the process to the last checked template.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { runDp } from '../test/support/run-dp.ts';

export const name = 'synth';

/** What the platform's description promises, in seconds. */
const PROMISED_SECONDS = 8;
const ROUNDS = 3;

export async function run(): Promise<void> {
  for (const checks of ['--checks', '--no-checks']) {
    const seconds: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) seconds.push(await once(checks));
    const shown = seconds.map((one) => one.toFixed(1)).join(', ');
    const best = Math.min(...seconds);
    console.log(
      `dp synth --env staging ${checks}: ${shown} s (best ${best.toFixed(1)}, promised ${PROMISED_SECONDS})`,
    );
  }
}

/** A home folder of its own: no cache of CDK's helps. */
async function once(checks: string): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), 'dp-bench-synth-'));
  try {
    const started = performance.now();
    const { code, stderr } = await runDp(['synth', '--env', 'staging', checks], { env: { HOME: home } });
    if (code !== 0) throw new Error(stderr);
    return (performance.now() - started) / 1000;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
