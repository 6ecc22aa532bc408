import { Config } from '@oclif/core/config';
import { run } from '@oclif/core/run';
import { describeError } from './describe-error.ts';
import { unknownCommand } from './errors.ts';
import { reportError } from './report-error.ts';
import { colourAllowed, flushed, painter } from './terminal.ts';

export interface MainInput {
  readonly argv: readonly string[];
  /** Folder of package.json and oclif.manifest.json. */
  readonly root: string;
  /** Set when running from source: where commands are and that the manifest is not to be trusted. */
  readonly source?: { readonly pjson: object };
}

/** Runs one command line, and ends the process with its exit code once all that it said is written. */
export async function main(input: MainInput): Promise<void> {
  await runCommandLine(input);
  // What is still under way belongs to nobody: an answer that was given up on may not come for minutes.
  for (const stream of [process.stdout, process.stderr]) await flushed(stream);
  process.exit();
}

async function runCommandLine({ argv: typedArgv, root, source }: MainInput): Promise<void> {
  endOnClosedPipe();
  // `dp help query` is what people of other tools type for `dp query --help`.
  const argv = typedArgv[0] === 'help' ? [...typedArgv.slice(1), '--help'] : typedArgv;
  try {
    const loadOptions = source === undefined ? { root } : { root, ...source, ignoreManifest: true };
    const config = await Config.load(loadOptions as { root: string });
    const typed = commandWords(argv);
    if (typed.length > 0 && !knows(config, typed)) throw await unknown(config, typed);
    await run([...argv], config as never);
  } catch (error) {
    const described = describeError(error);
    process.exitCode = described.exitCode;
    await reportError(described, {
      json: wantsJson(argv),
      debug: argv.includes('--debug'),
      paint: painter(colourAllowed(process.stderr, process.env, argv.includes('--no-color'))),
      cause: error,
    });
  }
}

/**
 * When the reader of our output is gone, as with `| head`, nothing went wrong. A running command stops itself
 * (signals.ts); outside of one, help and version just end.
 */
function endOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (process.stdout.listenerCount('error') === 1) process.exit(0);
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** The words before the first flag: command and arguments. */
function commandWords(argv: readonly string[]): string[] {
  const flag = argv.findIndex((word) => word.startsWith('-'));
  return argv.slice(0, flag === -1 ? undefined : flag);
}

function knows(config: Config, words: readonly string[]): boolean {
  for (let length = words.length; length > 0; length--) {
    const id = words.slice(0, length).join(':');
    if (config.findCommand(id) !== undefined) return true;
    if (length === words.length && config.findTopic(id) !== undefined) return true;
  }
  return false;
}

async function unknown(config: Config, words: readonly string[]): Promise<Error> {
  const loaded = await import('fastest-levenshtein');
  // Bundled, the package's ES module is taken, which has no default; from source it is CommonJS.
  const { closest, distance } = loaded.default ?? loaded;
  const typed = words.slice(0, 3).join(' ');
  const names = config.commands
    .filter((command) => !command.hidden)
    .map((command) => command.id.replaceAll(':', ' '));
  const candidates = [1, 2, 3].map((length) => {
    const start = words.slice(0, length).join(' ');
    const nearest = closest(start, names);
    return { nearest, score: distance(start, nearest) };
  });
  const best = candidates.sort((a, b) => a.score - b.score)[0];
  return unknownCommand(typed, best !== undefined && best.score <= 3 ? best.nearest : undefined);
}

function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).includes('--json');
}
