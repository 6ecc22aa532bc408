import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { pause } from '../std/deadline.ts';

/** A line of the job's that is for dp begins so. */
const EVENT = 'DP-EVENT ';
/** What Spark needs to stop its work and remove its folders; then it is ended. */
const STOP_GRACE_MS = 10_000;

export interface SparkRunInput {
  readonly command: string;
  readonly args: readonly string[];
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  /** Everything Spark and the job say goes there. */
  readonly logPath: string;
  readonly signal?: AbortSignal;
}

/** How spark-submit ended: an exit code, or the signal that ended it. */
export type SparkEnd = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** Runs spark-submit, gives each event of the job's as it comes, and ends everything it started when aborted. */
export async function runSpark(
  input: SparkRunInput,
  take: (event: { readonly event: string } & Record<string, unknown>) => void,
): Promise<SparkEnd> {
  mkdirSync(dirname(input.logPath), { recursive: true });
  const log = openSync(input.logPath, 'w', 0o600);
  // A group of its own: spark-submit is a shell, a JVM and a Python, and all of them must go together.
  const child = spawn(input.command, input.args, {
    stdio: ['ignore', 'pipe', log],
    detached: true,
    env: { ...input.environmentVariables } as NodeJS.ProcessEnv,
  });
  const ended = Promise.withResolvers<SparkEnd>();
  child.once('error', ended.reject).once('close', (code, signal) => ended.resolve({ code, signal }));
  const stop = (): void => void stopGroup(child, ended.promise);
  input.signal?.addEventListener('abort', stop);
  try {
    if (child.stdout !== null) {
      createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
        if (line.startsWith(EVENT)) take(JSON.parse(line.slice(EVENT.length)));
        else writeSync(log, `${line}\n`);
      });
    }
    return await ended.promise;
  } finally {
    input.signal?.removeEventListener('abort', stop);
    closeSync(log);
  }
}

async function stopGroup(child: ChildProcess, ended: Promise<SparkEnd>): Promise<void> {
  signalGroup(child, 'SIGTERM');
  await Promise.race([ended.catch(() => undefined), pause(STOP_GRACE_MS)]);
  signalGroup(child, 'SIGKILL');
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // All of the group has ended.
  }
}
