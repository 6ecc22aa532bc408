import {
  type CommandTree,
  type KnownArg,
  type KnownCommand,
  type KnownFlag,
  wordsBelow,
} from './command-tree.ts';

export interface Candidate {
  readonly value: string;
  readonly description?: string;
}

/** The value of a flag or an argument, which somebody else knows. */
export interface ValueQuestion {
  readonly command: KnownCommand;
  readonly of: KnownFlag | KnownArg;
  /** Flags typed before, with their values: `--env staging` decides where to look. */
  readonly given: ReadonlyMap<string, string>;
}

/** What can stand at the cursor. */
export interface Question {
  readonly candidates: readonly Candidate[];
  readonly value?: ValueQuestion;
  /** What of the typed word belongs in front of each value: `--date=`. */
  readonly prefix: string;
}

/** Reads the words before the cursor as oclif would. `typed` is the word at the cursor, so far. */
export function findQuestion(tree: CommandTree, before: readonly string[], typed: string): Question {
  const depth = depthOf(tree, before);
  const path = before.slice(0, depth);
  const rest = before.slice(depth);
  const command = tree.commands.get(path.join(':'));
  const below = rest.length > 0 || typed.startsWith('-') ? [] : asCandidates(wordsBelow(tree, path));
  if (command === undefined) return { candidates: below, prefix: '' };
  const read = readRest(command, rest);
  if (read.passedOn) return { candidates: [], prefix: '' };
  const ask = (of: KnownFlag | KnownArg | undefined, prefix: string, more: readonly Candidate[] = []) => ({
    candidates: [...more, ...(of?.options ?? []).map((value) => ({ value }))],
    prefix,
    ...(of === undefined || of.options !== undefined ? {} : { value: { command, of, given: read.given } }),
  });
  if (read.open !== undefined) return ask(read.open, '');
  const assigned = /^--([\w-]+)=/.exec(typed);
  if (assigned !== null) return ask(flagOf(command, `--${assigned[1]}`), assigned[0]);
  if (typed.startsWith('-')) return { candidates: flagsLeft(command, read.given), prefix: '' };
  return ask(Object.values(command.args)[read.argsGiven], '', below);
}

/** How many words at the start are topics and the command. */
function depthOf(tree: CommandTree, words: readonly string[]): number {
  let depth = 0;
  while (depth < words.length && wordsBelow(tree, words.slice(0, depth)).has(words[depth] ?? '')) depth += 1;
  return depth;
}

interface Rest {
  readonly given: ReadonlyMap<string, string>;
  readonly argsGiven: number;
  /** The flag whose value comes next. */
  readonly open: KnownFlag | undefined;
  /** Behind `--`: words of another program. */
  readonly passedOn: boolean;
}

function readRest(command: KnownCommand, words: readonly string[]): Rest {
  const given = new Map<string, string>();
  let argsGiven = 0;
  let open: KnownFlag | undefined;
  for (const word of words) {
    if (open !== undefined) {
      given.set(open.name, word);
      open = undefined;
    } else if (word === '--') return { given, argsGiven, open, passedOn: true };
    else if (word.startsWith('-') && word !== '-') {
      const [name = '', ...value] = word.split('=');
      const flag = flagOf(command, name);
      if (flag === undefined) continue;
      given.set(flag.name, value.join('='));
      if (flag.type === 'option' && value.length === 0) open = flag;
    } else argsGiven += 1;
  }
  return { given, argsGiven, open, passedOn: false };
}

function flagOf(command: KnownCommand, typed: string): KnownFlag | undefined {
  return Object.values(command.flags).find(
    (flag) => typed === `--${flag.name}` || (flag.char !== undefined && typed === `-${flag.char}`),
  );
}

/** Flags that may still be given, without those that contradict one that was. */
function flagsLeft(command: KnownCommand, given: ReadonlyMap<string, string>): Candidate[] {
  const excluded = (flag: KnownFlag): boolean =>
    (flag.exclusive ?? []).some((name) => given.has(name)) ||
    [...given.keys()].some((name) => command.flags[name]?.exclusive?.includes(flag.name) === true);
  const ownFirst = [...Object.values(command.flags)].sort(
    (a, b) => Number(a.helpGroup !== undefined) - Number(b.helpGroup !== undefined),
  );
  return ownFirst
    .filter(
      (flag) => flag.hidden !== true && !excluded(flag) && (flag.multiple === true || !given.has(flag.name)),
    )
    .map((flag) => ({
      value: `--${flag.name}`,
      ...(flag.description === undefined ? {} : { description: flag.description }),
    }));
}

function asCandidates(words: ReadonlyMap<string, string>): Candidate[] {
  return [...words].map(([value, description]) => ({ value, description }));
}
