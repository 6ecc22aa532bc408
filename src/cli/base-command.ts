import { randomBytes } from 'node:crypto';
import { homedir, hostname, userInfo } from 'node:os';
import { Command } from '@oclif/core/command';
import type { Input, ParserOutput } from '@oclif/core/interfaces';
import type { Settings } from '../config/settings.ts';
import type { ChangeOutcome } from '../operations/record-change.ts';
import type { LifecycleEvent } from '../platform/lifecycle.ts';
import type { Platform } from '../platform/platform.ts';
import { type Clock, systemClock } from '../std/clock.ts';
import { shellWord } from '../std/shell-word.ts';
import { describeError, type ErrorReport } from './describe-error.ts';
import { EXIT_CODES, exitCodeOfSignal } from './exit-codes.ts';
import { globalFlags } from './flags.ts';
import { safeJson } from './format/json.ts';
import type { BrokenHop } from './name-broken-hop.ts';
import type { PromptSettings } from './prompts.ts';
import { reportError, sayBrokenHop } from './report-error.ts';
import { Interrupted, PipeClosed, type SignalWatch, watchSignals } from './signals.ts';
import { tellSteps } from './tell-steps.ts';
import {
  colourAllowed,
  endProgress,
  type Paint,
  painter,
  sayLine,
  showProgress,
  writeAll,
} from './terminal.ts';

/** The values of the global flags, as every command's `parse` gives them. */
export interface GlobalFlagValues {
  readonly env?: string | undefined;
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly reason?: string | undefined;
  readonly yes: boolean;
  readonly 'no-input': boolean;
  readonly 'no-color': boolean;
  readonly debug: boolean;
  readonly quiet: boolean;
}

/** oclif's own bound for what a parse gives. */
// biome-ignore lint/suspicious/noExplicitAny: the bound must equal oclif's for the override to type-check.
type Parsed = Record<string, any>;

const NO_FLAGS: GlobalFlagValues = {
  yes: false,
  'no-input': false,
  'no-color': false,
  debug: false,
  quiet: false,
};

/**
 * What all commands share: global flags, settings, the platform, signals, and one way out for errors.
 * A command parses, calls one operation, prints, and returns the object that `--json` shows.
 */
export abstract class DpCommand extends Command {
  static override enableJsonFlag = true;
  static override baseFlags = globalFlags;

  #flags: GlobalFlagValues = NO_FLAGS;
  #watch: SignalWatch | undefined;
  #settings: Settings | undefined;
  #platform: Platform | undefined;

  /** Aborted by the first Ctrl-C or by a closed pipe; operations stop what they started. */
  protected get signal(): AbortSignal {
    return this.#watched().signal;
  }

  /** Leaves Ctrl-C to a program that has taken over the terminal. */
  protected ignoreInterrupts(): void {
    this.#watched().ignoreInterrupts();
  }

  #watched(): SignalWatch {
    this.#watch ??= watchSignals();
    return this.#watch;
  }

  protected override async parse<F extends Parsed, B extends Parsed, A extends Parsed>(
    options?: Input<F, B, A>,
    argv?: string[],
  ): Promise<ParserOutput<F, B, A>> {
    const parsed = await super.parse(options, argv);
    this.#flags = { ...NO_FLAGS, ...(parsed.flags as Partial<GlobalFlagValues>) };
    // Prompts, and the programs we start, know only the variable.
    if (this.#flags['no-color']) process.env.NO_COLOR = '1';
    return parsed;
  }

  /** The configuration, read once. */
  protected async settings(): Promise<Settings> {
    if (this.#settings === undefined) {
      const { loadSettings } = await import('../config/settings.ts');
      this.#settings = loadSettings({
        flags: { env: this.#flags.env, profile: this.#flags.profile, region: this.#flags.region },
        environment: process.env,
        workingDirectory: process.cwd(),
        home: homedir(),
      });
    }
    return this.#settings;
  }

  /** The environment's ports; closed when the command ends. */
  protected async platform(): Promise<Platform> {
    if (this.#platform === undefined) {
      const settings = await this.settings();
      const { openPlatform } = await import('./wire.ts');
      const { signInPrompts } = await import('./sign-in-prompts.ts');
      this.#platform = openPlatform(settings, {
        environment: process.env,
        note: (text) => this.say(text),
        signal: () => this.signal,
        signInPrompts: signInPrompts(this.prompts),
      });
    }
    return this.#platform;
  }

  protected get clock(): Clock {
    return systemClock;
  }

  protected get prompts(): PromptSettings {
    endProgress();
    const terminals = process.stdin.isTTY === true && process.stderr.isTTY === true;
    return {
      interactive: terminals && !this.#flags['no-input'] && !this.jsonEnabled(),
      yes: this.#flags.yes,
      signal: this.signal,
    };
  }

  /** Does a change between two lines of the journal. `outcome` says what it made and how to take it back. */
  protected async change<T>(
    work: () => Promise<T>,
    outcome: (result: T) => ChangeOutcome,
    more: {
      readonly undoes?: string;
      /** What an argument of the command looks like in the journal, where it may hold what does not belong there. */
      readonly shown?: (argument: string) => string;
      /** What the operator typed, where somebody else has started this process. */
      readonly typed?: string | undefined;
    } = {},
  ): Promise<T> {
    const journal = await (await this.platform()).journal();
    const { recordChange } = await import('../operations/record-change.ts');
    const { reason } = this.#flags;
    const { shown = (argument: string): string => argument, typed, ...links } = more;
    const words = (): string[] => ['dp', ...(this.id ?? '').split(':'), ...this.argv.map(shown)];
    const command = typed ?? words().map(shellWord).join(' ');
    const who = `${userInfo().username}@${hostname()}`;
    return recordChange(
      { command, who, ...(reason === undefined ? {} : { reason }), ...links },
      { journal, clock: this.clock, newId: () => randomBytes(4).toString('hex'), work, outcome },
    );
  }

  /** Colours for stderr (`say`) or stdout (`print`). */
  protected paint(stream: NodeJS.WriteStream = process.stderr): Paint {
    return painter(colourAllowed(stream, process.env, this.#flags['no-color']));
  }

  /** One line of progress for a person: stderr, and nothing with --quiet or --json. */
  protected say(text: string): void {
    if (!this.#flags.quiet && !this.jsonEnabled()) sayLine(text);
  }

  /** How far long work has come: a bar on a terminal; elsewhere the lines that are said are enough. */
  protected progress(done: number, total: number, what: string): void {
    if (!this.#flags.quiet && !this.jsonEnabled()) showProgress({ done, total, what });
  }

  /** Tells the steps of a deploy, a seed or a destroy. */
  protected stepTeller(): (event: LifecycleEvent) => void {
    return tellSteps({
      say: (text) => this.say(text),
      progress: ({ done, total, what }) => this.progress(done, total, what),
      paint: this.paint(),
    });
  }

  /** Part of the result in words: stdout, and nothing with --json. Waits while the pipe is full. */
  protected async print(text: string): Promise<void> {
    endProgress();
    if (!this.jsonEnabled()) await writeAll(process.stdout, text.endsWith('\n') ? text : `${text}\n`);
  }

  /** One NDJSON event of a long-running command with --json; nothing otherwise. */
  protected async emit(event: object): Promise<void> {
    if (this.jsonEnabled()) await writeAll(process.stdout, `${safeJson(event)}\n`);
  }

  /** Ends with this code although the command gives a result: partial, stale. */
  protected endWith(exitCode: number): void {
    process.exitCode = exitCode;
  }

  override logJson(json: unknown): void {
    process.stdout.write(`${safeJson(json)}\n`);
  }

  protected override async catch(thrown: Error): Promise<void> {
    endProgress();
    if (this.#watch?.signal.reason instanceof PipeClosed) {
      process.exitCode = 0;
      return;
    }
    const reason: unknown = this.#watch?.signal.aborted === true ? this.#watch.signal.reason : thrown;
    const described = describeError(reason instanceof Interrupted ? reason : thrown);
    process.exitCode = reason instanceof Interrupted ? exitCodeOfSignal(reason.signal) : described.exitCode;
    await reportError(described, {
      json: this.jsonEnabled(),
      debug: this.#flags.debug,
      paint: this.paint(),
      cause: thrown,
      findBrokenHop: () => this.#findBrokenHop(described.report, described.exitCode),
    });
  }

  /** For a command whose result holds what failed: ends with the hop behind it, as after an error. */
  protected async nameHopBehind(error: Pick<ErrorReport, 'code' | 'message'> | undefined): Promise<void> {
    const broken = error && (await this.#findBrokenHop(error));
    if (broken === undefined) return;
    await this.emit({ event: 'broken-hop', ...broken });
    if (!this.jsonEnabled()) sayBrokenHop(broken, { paint: this.paint(), said: error?.message ?? '' });
  }

  /** Only for a command that had come as far as opening the platform. */
  async #findBrokenHop(
    report: Pick<ErrorReport, 'code'>,
    exitCode: number = EXIT_CODES.failed,
  ): Promise<BrokenHop | undefined> {
    // What was asked for, or answered, is why: the platform need not be looked at.
    if (exitCode === EXIT_CODES.usage || exitCode === EXIT_CODES.confirmation) return undefined;
    if (this.#platform === undefined || this.#settings === undefined) return undefined;
    const { nameBrokenHop } = await import('./name-broken-hop.ts');
    const { lakeDatabase } = this.#settings;
    return nameBrokenHop(report, { platform: this.#platform, lakeDatabase });
  }

  protected override async finally(): Promise<void> {
    await this.#platform?.[Symbol.asyncDispose]();
    this.#watch?.release();
  }
}
