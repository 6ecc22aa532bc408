/** Keeps an open tunnel for as long as the operator wants it: until a signal, the end of stdin, or of a program. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import type { OpenTunnel } from '../operations/open-tunnel.ts';
import { usage } from './errors.ts';
import { serveMetrics } from './metrics-server.ts';
import { sayLine } from './terminal.ts';
import { drawStateLine } from './tunnel-state-line.ts';

export interface HoldTunnelInput {
  /** A program to run with the connection in its environment; empty to wait instead. */
  readonly program: readonly string[];
  readonly readyFile: string | undefined;
  readonly watchStdin: boolean;
  readonly metricsPort: number | undefined;
}

export interface HoldTunnelDeps {
  readonly tunnel: OpenTunnel;
  readonly signal: AbortSignal;
  /** Leaves Ctrl-C to the program. */
  readonly ignoreInterrupts: () => void;
  /** Where the state line is drawn; undefined where there is no terminal for it. */
  readonly terminal: NodeJS.WriteStream | undefined;
}

const EXIT_CODE_NOT_FOUND = 127;
/** Added to a signal's number, as shells do. */
const EXIT_CODE_SIGNAL = 128;

/** Resolves with the program's exit code, or 0 when stdin ended; rejects with the signal's reason. */
export async function holdTunnel(input: HoldTunnelInput, deps: HoldTunnelDeps): Promise<number> {
  const { tunnel, signal } = deps;
  const crash = Promise.withResolvers<never>();
  const onCrash = (error: unknown) => crash.reject(error);
  // A bug elsewhere must not leave a session behind on AWS: the caller closes the tunnel on every way out.
  process.on('uncaughtException', onCrash);
  process.on('unhandledRejection', onCrash);
  const metrics =
    input.metricsPort === undefined ? undefined : await serveMetrics(input.metricsPort, () => tunnel.state());
  const line =
    deps.terminal === undefined || input.program.length > 0
      ? undefined
      : drawStateLine(deps.terminal, () => tunnel.state());
  if (input.readyFile !== undefined) writeReadyFile(input.readyFile, tunnel);
  try {
    const ends = [crash.promise, aborted(signal)];
    if (input.program.length > 0) return await Promise.race([runProgram(input.program, deps), ...ends]);
    if (input.watchStdin) return await Promise.race([stdinEnded(), ...ends]);
    return await Promise.race(ends);
  } finally {
    line?.stop();
    metrics?.close();
    if (input.readyFile !== undefined) rmSync(input.readyFile, { force: true });
    process.off('uncaughtException', onCrash);
    process.off('unhandledRejection', onCrash);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function stdinEnded(): Promise<number> {
  process.stdin.resume();
  await once(process.stdin, 'end');
  return 0;
}

function writeReadyFile(path: string, tunnel: OpenTunnel): void {
  const { host, port, url } = tunnel;
  try {
    writeFileSync(path, `${JSON.stringify({ host, port, url, pid: process.pid })}\n`, { mode: 0o600 });
  } catch (error) {
    throw usage(
      `Cannot write --ready-file ${path}: ${String(error)}.`,
      'Give a path in a folder that exists.',
    );
  }
}

async function runProgram(program: readonly string[], deps: HoldTunnelDeps): Promise<number> {
  const [name = '', ...parameters] = program;
  // Ctrl-C on a terminal reaches the program as well; it decides what to do, and the tunnel ends with it.
  deps.ignoreInterrupts();
  const environment = { ...process.env, ...connectionVariables(deps.tunnel) };
  const child = spawn(name, parameters, { stdio: 'inherit', env: environment });
  const passOn = () => child.kill('SIGTERM');
  deps.signal.addEventListener('abort', passOn, { once: true });
  try {
    const [code, signal] = await Promise.race([
      once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
      once(child, 'error').then(([error]) => Promise.reject(error)),
    ]);
    const { constants } = await import('node:os');
    return code ?? EXIT_CODE_SIGNAL + (signal === null ? 0 : constants.signals[signal]);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      sayLine(`Cannot run ${name}: there is no such program. Check the words after --.`);
      return EXIT_CODE_NOT_FOUND;
    }
    throw error;
  } finally {
    deps.signal.removeEventListener('abort', passOn);
  }
}

/** How programs find the database: dp's own names, a URL, and those of MySQL's tools. */
function connectionVariables(tunnel: OpenTunnel): Record<string, string> {
  const { host, port, url, target, user, password, socketPath } = tunnel;
  return {
    DP_DB_HOST: host,
    DP_DB_PORT: String(port),
    DP_DB_NAME: target.database,
    DATABASE_URL: url,
    MYSQL_HOST: host,
    MYSQL_TCP_PORT: String(port),
    MYSQL_PORT: String(port),
    MYSQL_DATABASE: target.database,
    ...(user === undefined ? {} : { DP_DB_USER: user, MYSQL_USER: user }),
    ...(password === undefined ? {} : { MYSQL_PWD: password, MYSQL_PASSWORD: password }),
    ...(socketPath === undefined ? {} : { MYSQL_UNIX_PORT: socketPath }),
  };
}
