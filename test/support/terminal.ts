// A real terminal, which is tmux: a program runs in it, keys are pressed, and the screen is read.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../src/std/deadline.ts';
import { dpPath } from './run-dp.ts';

export interface TerminalOptions {
  readonly columns: number;
  readonly rows: number;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The program and its arguments. */
  readonly command: readonly string[];
}

const WAIT = { timeoutMs: 60_000, everyMs: 50 };

export class Terminal implements Disposable {
  readonly #socket: string;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(socket: string, environment: NodeJS.ProcessEnv) {
    this.#socket = socket;
    this.#environment = environment;
  }

  static open(options: TerminalOptions): Terminal {
    const folder = mkdtempSync(join(tmpdir(), 'dp-tmux-'));
    const {
      NO_COLOR: _noColour,
      FORCE_COLOR: _colour,
      NODE_TEST_CONTEXT: _test,
      DP_ENV: _env,
      ...inherited
    } = process.env;
    // The server hands its own environment on.
    const environment = { ...inherited, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', ...options.env };
    const terminal = new Terminal(join(folder, 'socket'), environment);
    const size = ['-x', String(options.columns), '-y', String(options.rows)];
    // remain-on-exit: what a program said last can still be read when it has ended.
    const command = ['set', '-g', 'remain-on-exit', 'on', ';', 'set', '-g', 'history-limit', '10000', ';'];
    terminal.#tmux([...command, 'new-session', '-d', ...size, '-c', options.cwd, ...options.command]);
    return terminal;
  }

  /** Types text as it is. */
  type(text: string): void {
    this.#tmux(['send-keys', '-l', '--', text]);
  }

  /** Presses keys by tmux's names: `Enter`, `Tab`, `C-c`. */
  press(...keys: string[]): void {
    this.#tmux(['send-keys', ...keys]);
  }

  /** The lines on the screen and those that have scrolled out of it, as the terminal shows them. */
  lines(): string[] {
    return this.#tmux(['capture-pane', '-p', '-S', '-']).replace(/\n+$/, '').split('\n');
  }

  /** The lines as the program wrote them: those that the terminal had to break are whole again. */
  linesAsWritten(): string[] {
    const text = this.#tmux(['capture-pane', '-p', '-J', '-S', '-']).replace(/\n+$/, '');
    return text.split('\n').map((line) => line.trimEnd());
  }

  /** The same as on the screen, with the escape codes that colours take. */
  colouredText(): string {
    return this.#tmux(['capture-pane', '-p', '-e', '-S', '-']);
  }

  /** Empties the screen of a shell that waits at its prompt. */
  async clear(prompt: RegExp): Promise<void> {
    this.press('C-l');
    const empty = async (): Promise<true | undefined> => {
      const shown = this.#tmux(['capture-pane', '-p']).trim();
      return prompt.test(shown) || undefined;
    };
    if (await until(empty, WAIT)) this.#tmux(['clear-history']);
    else throw new Error(`the screen was not emptied:\n${this.lines().join('\n')}`);
  }

  /** Waits until the screen has what is wanted; throws with what it has instead. */
  async waitFor(wanted: RegExp | ((lines: string[]) => boolean)): Promise<string[]> {
    const has = (lines: string[]): boolean =>
      typeof wanted === 'function' ? wanted(lines) : wanted.test(lines.join('\n'));
    const found = await until(async () => {
      const lines = this.lines();
      return has(lines) ? lines : undefined;
    }, WAIT);
    if (found === undefined) throw new Error(`waited for ${wanted}; the screen:\n${this.lines().join('\n')}`);
    return found;
  }

  #tmux(args: readonly string[]): string {
    return execFileSync('tmux', ['-f', '/dev/null', '-S', this.#socket, ...args], {
      encoding: 'utf8',
      env: this.#environment,
    });
  }

  [Symbol.dispose](): void {
    this.#tmux(['kill-server']);
    rmSync(join(this.#socket, '..'), { recursive: true, force: true });
  }
}

/** Puts a `dp` into a folder that stands for one of PATH. `otherwise` is shell for what is not completion. */
export function installDp(folder: string, otherwise = `exec '${process.execPath}' '${dpPath}' "$@"`): void {
  const script = `#!/bin/sh\nif [ "$1" = __complete ]; then exec '${process.execPath}' '${dpPath}' "$@"; fi\n${otherwise}\n`;
  writeFileSync(join(folder, 'dp'), script);
  chmodSync(join(folder, 'dp'), 0o755);
}
