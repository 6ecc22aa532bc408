import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What completion needs to know of a flag; as in oclif.manifest.json. */
export interface KnownFlag {
  readonly name: string;
  readonly type: 'boolean' | 'option';
  readonly char?: string;
  readonly description?: string;
  readonly options?: readonly string[];
  readonly multiple?: boolean;
  readonly exclusive?: readonly string[];
  readonly helpValue?: string;
  /** Set for the flags that every command takes. */
  readonly helpGroup?: string;
  readonly hidden?: boolean;
}

export interface KnownArg {
  readonly name: string;
  readonly options?: readonly string[];
}

export interface KnownCommand {
  readonly id: string;
  readonly summary?: string;
  readonly hidden?: boolean;
  readonly flags: Readonly<Record<string, KnownFlag>>;
  readonly args: Readonly<Record<string, KnownArg>>;
}

export interface CommandTree {
  /** `etl:run` → the command. */
  readonly commands: ReadonlyMap<string, KnownCommand>;
  /** `etl` → what is said of it. */
  readonly topics: ReadonlyMap<string, string>;
}

/** The commands from the files that ship with dp, without loading any of them. `root` has package.json. */
export function readCommandTree(root: string): CommandTree {
  const { commands } = readJson<{ commands: Record<string, KnownCommand> }>(root, 'oclif.manifest.json');
  const { oclif } = readJson<{ oclif: { topics: Record<string, { description: string }> } }>(
    root,
    'package.json',
  );
  const shown = Object.entries(commands).filter(([, command]) => command.hidden !== true);
  const topics = Object.entries(oclif.topics).map(([id, { description }]) => [id, description] as const);
  return { commands: new Map(shown), topics: new Map(topics) };
}

/** The words that may follow `path`, with what they do: `['etl']` → run, status, …. */
export function wordsBelow(tree: CommandTree, path: readonly string[]): Map<string, string> {
  const words = new Map<string, string>();
  for (const [id, description] of [
    ...tree.topics,
    ...[...tree.commands].map(([id, command]) => [id, command.summary ?? ''] as const),
  ]) {
    const parts = id.split(':');
    if (parts.length === path.length + 1 && path.every((word, at) => word === parts[at])) {
      words.set(parts.at(-1) ?? '', description);
    }
  }
  return words;
}

function readJson<T>(root: string, file: string): T {
  return JSON.parse(readFileSync(join(root, file), 'utf8')) as T;
}
