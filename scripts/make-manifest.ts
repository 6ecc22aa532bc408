import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Config } from '@oclif/core/config';
import { settings } from '@oclif/core/settings';

const root = join(import.meta.dirname, '..');

/** The text of oclif.manifest.json, made from the command sources. */
export async function makeManifest(): Promise<string> {
  settings.enableAutoTranspile = false;
  const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  pjson.oclif.commands = { strategy: 'pattern', target: './commands', globPatterns: ['**/*.ts'] };
  const config = await Config.load({ root, pjson, ignoreManifest: true } as never);
  const plugin = config.plugins.get(config.name);
  if (plugin === undefined) throw new Error('bug: dp is not its own root plugin');
  const { manifest } = plugin as unknown as {
    manifest: { version: string; commands: Record<string, object> };
  };
  const commands = Object.fromEntries(
    Object.entries(manifest.commands)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([id, command]) => [id, withoutPaths(command)]),
  );
  return `${JSON.stringify({ commands, version: manifest.version }, undefined, 2)}\n`;
}

/** The source's paths differ from the bundle's: what the bundle loads is found by its id. */
function withoutPaths(command: object): object {
  const kept: Record<string, unknown> = { ...command };
  const parts = Array.isArray(kept.relativePath) ? (kept.relativePath as string[]) : undefined;
  if (parts !== undefined) kept.relativePath = ['dist', ...parts.map((part) => part.replace(/\.ts$/, '.js'))];
  return kept;
}
