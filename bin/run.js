#!/usr/bin/env node
// The production door: starts the bundle, on a Node that is new enough.
const [major, minor] = process.versions.node.split('.').map(Number);
const root = new URL('..', import.meta.url);

if (major > 22 || (major === 22 && minor >= 13)) {
  const { answerAtOnce } = await import('./at-once.js');
  if (!answerAtOnce(process.argv.slice(2), root)) {
    const { enableCompileCache } = await import('node:module');
    const { fileURLToPath } = await import('node:url');
    enableCompileCache(fileURLToPath(new URL('dist/.compile-cache', root)));
    const argv = process.argv.slice(2);
    if (argv[0] === '__complete') {
      const { answerCompletion } = await import(new URL('dist/src/cli/complete/answer.js', root).href);
      await answerCompletion(argv.slice(1), fileURLToPath(root));
    } else {
      const { main } = await import(new URL('dist/src/cli/cli.js', root).href);
      await main({ argv, root: fileURLToPath(root) });
    }
  }
} else {
  const { runOnPinnedNode } = await import('./pinned-node.js');
  await runOnPinnedNode(root);
}
