// Rotates one secret in a process of its own, and kills it where it is told to:
// node rotate-child.ts ROOT STRATEGY NAME TO [KILL_AFTER]
import { localPaths } from '../../src/local/paths.ts';
import { openLocalSecrets } from '../../src/local/secrets.ts';
import { systemClock } from '../../src/std/clock.ts';

const [root = '', strategy, name = '', to = 'new', killAfter] = process.argv.slice(2);
const secrets = openLocalSecrets(
  {
    paths: localPaths(root),
    environmentVariables: process.env,
    strategy: strategy === 'alternating-users' ? strategy : 'single-user',
  },
  {
    clock: systemClock,
    graceMs: Number(process.env.ROTATE_GRACE_MS ?? 100),
    afterStep: (step) => {
      if (step === killAfter) process.kill(process.pid, 'SIGKILL');
    },
  },
);
process.stdout.write('started\n');
try {
  const request = { name, to: to === 'previous' ? 'previous' : 'new' } as const;
  const result = await secrets.rotate(request, ({ step, state }) => {
    process.stdout.write(`${step} ${state}\n`);
  });
  process.stdout.write(`${JSON.stringify(result)}\n`);
} catch (error) {
  // The first of several random rotations may be one back.
  if ((error as { code?: string }).code !== 'no-previous-secret') throw error;
}
