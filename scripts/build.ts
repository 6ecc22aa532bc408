// Bundles the commands and what they load into dist/: split, readable, one file a command.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { buildShopApi } from './build-shop-api.ts';

const root = join(import.meta.dirname, '..');

/** Not bundled: native code, and packages that read their own files. */
const EXTERNAL = [
  '@duckdb/node-api',
  'mysql2',
  '@peculiar/x509',
  'reflect-metadata',
  'aws-cdk-lib',
  'constructs',
  'cdk-nag',
  '@aws-cdk/*',
  'esbuild',
];

const commands = readdirSync(join(root, 'commands'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('commands', file));

/**
 * `node:http` by `require`: an `import` of it asks for every name that it exports, and some of them load what nobody here
 * uses (fetch, WebSocket), 20 ms in every command that speaks to AWS.
 */
const requireHttp: Plugin = {
  name: 'require-http',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?http$/ }, ({ kind }) =>
      kind === 'require-call'
        ? { path: 'node:http', external: true }
        : { path: 'http', namespace: 'required' },
    );
    onLoad({ filter: /^http$/, namespace: 'required' }, () => ({
      contents: "module.exports = require('node:http');",
    }));
  },
};

rmSync(join(root, 'dist'), { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: [
    ...commands,
    'src/cli/cli.ts',
    'src/cli/help.ts',
    'src/cli/complete/answer.ts',
    'src/local/serve-shop-process.ts',
  ],
  outdir: 'dist',
  outbase: '.',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  chunkNames: 'chunks/[name]-[hash]',
  sourcemap: 'linked',
  metafile: true,
  // The ES modules of packages that have both: a CommonJS package that is imported lazily loses its names.
  mainFields: ['module', 'main'],
  external: EXTERNAL,
  plugins: [requireHttp],
  // oclif and the SDK are CommonJS inside an ES module: they need these three names.
  banner: {
    js: [
      "import { createRequire as dpCreateRequire } from 'node:module';",
      'const require = dpCreateRequire(import.meta.url);',
      'const __filename = import.meta.filename; const __dirname = import.meta.dirname;',
    ].join('\n'),
  },
  logLevel: 'warning',
});
writeFileSync(join(root, 'dist', 'metafile.json'), JSON.stringify(metafile));
await buildShopApi(join(root, 'dist', 'shop-api'));

// The help of `dp` itself, for bin/at-once.js.
const { stdout, status } = spawnSync(process.execPath, [join(root, 'bin', 'run.js'), '--help'], {
  encoding: 'utf8',
  env: { ...process.env, COLUMNS: '80', NO_COLOR: '1', FORCE_COLOR: '' },
});
if (status === 0 && stdout !== '') writeFileSync(join(root, 'dist', 'help.txt'), stdout);
