#!/usr/bin/env node
// The same command line from TypeScript source: no build, no manifest.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { settings } from '@oclif/core/settings';

const root = fileURLToPath(new URL('..', import.meta.url));
const pjson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
settings.enableAutoTranspile = false;
pjson.oclif.commands = { strategy: 'pattern', target: './commands', globPatterns: ['**/*.ts'] };
pjson.oclif.helpClass = './src/cli/help.ts';
const { main } = await import('../src/cli/cli.ts');
await main({ argv: process.argv.slice(2), root, source: { pjson } });
