// Writes oclif.manifest.json: every command's words and flags, so that help and version load no command.
// With --check: says whether the committed one is fresh.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeManifest } from './make-manifest.ts';

const path = join(import.meta.dirname, '..', 'oclif.manifest.json');
const fresh = await makeManifest();
if (process.argv.includes('--check')) {
  if (readFileSync(path, 'utf8') !== fresh) {
    console.error('oclif.manifest.json is stale: run `npm run manifest`.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(path, fresh);
}
