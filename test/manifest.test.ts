import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { makeManifest } from '../scripts/make-manifest.ts';

const root = join(import.meta.dirname, '..');
const committed = readFileSync(join(root, 'oclif.manifest.json'), 'utf8');

interface Described {
  readonly summary?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly flags: Record<string, { readonly description?: string; readonly summary?: string }>;
  readonly args: Record<string, { readonly description?: string }>;
}

test('the committed manifest is what the commands say today', async () => {
  assert.equal(await makeManifest(), committed, 'run `npm run manifest`');
});

test('every command has a summary, a description, an example, and words for each flag and argument', () => {
  const { commands } = JSON.parse(committed) as { commands: Record<string, Described> };
  const missing: string[] = [];
  for (const [id, command] of Object.entries(commands)) {
    if (!/^[A-Z].*\.$/.test(command.summary ?? ''))
      missing.push(`${id}: summary (a sentence with a full stop)`);
    if ((command.description ?? '') === '') missing.push(`${id}: description`);
    if ((command.examples ?? []).length === 0) missing.push(`${id}: example`);
    for (const [name, flag] of Object.entries(command.flags)) {
      if ((flag.description ?? flag.summary ?? '') === '') missing.push(`${id}: --${name}`);
    }
    for (const [name, arg] of Object.entries(command.args)) {
      if ((arg.description ?? '') === '') missing.push(`${id}: ${name}`);
    }
  }
  assert.ok(Object.keys(commands).length > 0);
  assert.deepEqual(missing, []);
});

test('every topic is described', () => {
  const { commands } = JSON.parse(committed) as { commands: Record<string, unknown> };
  const { topics } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).oclif;
  const used = new Set(
    Object.keys(commands).flatMap((id) => {
      const parts = id.split(':').slice(0, -1);
      return parts.map((_, index) => parts.slice(0, index + 1).join(':'));
    }),
  );
  assert.deepEqual(
    [...used].filter((topic) => topics[topic]?.description === undefined),
    [],
  );
});
