// Reads a dp command line with the flags and arguments of the real command, without running it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Config } from '@oclif/core/config';
import { parse } from '@oclif/core/parser';
import { settings } from '@oclif/core/settings';
import { splitShellLine } from '../../src/cli/shell-line.ts';
import { repositoryRoot } from './run-dp.ts';

let loading: Promise<Config> | undefined;

/** The commands as the sources have them. */
export function loadCommands(): Promise<Config> {
  settings.enableAutoTranspile = false;
  const pjson = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'));
  pjson.oclif.commands = { strategy: 'pattern', target: './commands', globPatterns: ['**/*.ts'] };
  loading ??= Config.load({ root: repositoryRoot, pjson, ignoreManifest: true } as never);
  return loading;
}

/** The words of `dp …` in a line of shell, which may stand behind other commands: `cd here && npx dp query -`. */
export function dpWords(line: string): string[] | undefined {
  const words = splitShellLine(line.trim());
  const start = words.findIndex(
    ({ text }, at) =>
      text === 'dp' && (at === 0 || words[at - 1]?.operator === true || words[at - 1]?.text === 'npx'),
  );
  if (start === -1) return undefined;
  const behind = words.slice(start + 1);
  const end = behind.findIndex((word) => word.operator);
  return behind.slice(0, end === -1 ? undefined : end).map((word) => word.text);
}

/** Throws what an operator would be told who types this. */
export async function parseDpLine(line: string): Promise<void> {
  const words = dpWords(line);
  if (words === undefined) throw new Error(`no dp in \`${line}\``);
  if (words.includes('--help') || words.includes('--version') || words[0] === 'help') return;
  const config = await loadCommands();
  for (let length = words.length; length > 0; length--) {
    const command = config.findCommand(words.slice(0, length).join(':'));
    if (command === undefined) continue;
    const { args, flags, baseFlags, strict } = (await command.load()) as never as {
      args: object;
      flags: object;
      baseFlags: object;
      strict: boolean;
    };
    const input = { args, flags: { ...baseFlags, ...flags }, strict, '--': true };
    await parse(words.slice(length), input as never);
    return;
  }
  throw new Error(`there is no command \`dp ${words.join(' ')}\``);
}
