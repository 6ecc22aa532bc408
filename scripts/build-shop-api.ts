// Bundles the Shop API's Lambda handler into one file, the content of its container image.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

/** Writes lambda.mjs and the Dockerfile into `folder`. Gives the bundle's path. */
export async function buildShopApi(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const bundle = join(folder, 'lambda.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['src/shop/lambda.ts'],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // Half the bytes to read and parse in a cold start.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    // mysql2 is CommonJS inside an ES module.
    banner: {
      js: "import { createRequire as dpCreateRequire } from 'node:module'; const require = dpCreateRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  copyFileSync(join(root, 'src/shop/Dockerfile'), join(folder, 'Dockerfile'));
  return bundle;
}

if (import.meta.main) console.log(await buildShopApi(join(root, 'dist/shop-api')));
