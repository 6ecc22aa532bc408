import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The Node that started us is too old for dp: goes on with the pinned one from node_modules, as if it had
 * been there from the start (same arguments, streams, signals and exit code).
 */
export async function runOnPinnedNode(root) {
  const node = findPinnedNode(root);
  if (node === undefined) {
    process.stderr.write(
      `Error: dp needs Node 22.13 or newer; this is ${process.version}.\n  Try: npm ci (it brings Node 24 along)\n`,
    );
    process.exitCode = 78;
    return;
  }
  const child = spawn(node, [fileURLToPath(new URL('bin/run.js', root)), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  // A terminal sends Ctrl-C to both processes; whoever signals only this one means the child.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  const code = await new Promise((resolve) => {
    child.on('exit', (status, signal) => resolve(status ?? 128 + (constants.signals[signal] ?? 0)));
  });
  process.exitCode = code;
}

function findPinnedNode(root) {
  try {
    const require = createRequire(new URL('package.json', root));
    const node = join(dirname(require.resolve('node/package.json')), 'bin', 'node');
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}
