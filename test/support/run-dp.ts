import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export const repositoryRoot = join(import.meta.dirname, '..', '..');
export const dpPath = join(repositoryRoot, 'bin', 'run.js');

export interface DpOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** The node to run with. Default: the one running the test. */
  readonly node?: string;
}

export interface DpEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built `dp` as a real process with piped streams, in a plain environment. */
export function startDp(args: readonly string[], options: DpOptions = {}): ChildProcess {
  const {
    NO_COLOR: _noColor,
    FORCE_COLOR: _forceColor,
    DP_ENV: _env,
    NODE_TEST_CONTEXT: _test,
    ...inherited
  } = process.env;
  return spawn(options.node ?? process.execPath, [dpPath, ...args], {
    cwd: options.cwd ?? repositoryRoot,
    env: { ...inherited, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Runs `dp` to its end. */
export async function runDp(args: readonly string[], options: DpOptions = {}): Promise<DpEnd> {
  const child = startDp(args, options);
  if (child.stdin === null || child.stdout === null || child.stderr === null) throw new Error('no pipes');
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const ended = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}
