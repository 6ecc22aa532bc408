import { join } from 'node:path';
import { interleave, printRatios, timeCommand } from './support/measure.ts';

export const name = 'startup';

const ROUNDS = 30;
const dp = join(import.meta.dirname, '..', 'bin', 'run.js');

/** How long `dp` takes to answer, against an empty Node. The bar is 3 × for --version and --help. */
export async function run(): Promise<void> {
  const node = process.execPath;
  const times = await interleave(ROUNDS, {
    'node -e 0': () => timeCommand([node, '-e', '0']),
    'dp --version': () => timeCommand([node, dp, '--version']),
    'dp --help': () => timeCommand([node, dp, '--help']),
    'dp query --help': () => timeCommand([node, dp, 'query', '--help']),
    'dp config explain': () => timeCommand([node, dp, 'config', 'explain']),
  });
  printRatios(times, 'node -e 0');
}
