import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import { packageRoot } from '../config/package-root.ts';
import { until } from '../std/deadline.ts';
import { shopApiDidNotStart, shopApiDidNotStop } from './errors.ts';
import { openLog, textFrom } from './log-file.ts';
import { serverEnvironment } from './mysql-flags.ts';
import type { LocalPaths } from './paths.ts';
import { processIdentity } from './processes.ts';
import { isHealthy } from './shop-health.ts';
import { stopProcess } from './stop-process.ts';

/** What a serving process says of itself in `paths.api.state`, once it listens. */
export interface ShopProcessState {
  readonly pid: number;
  /** As processIdentity gives it: another process with the same number is another one. */
  readonly identity: string;
  readonly url: string;
  /** Of the program it was started from; another one after dp was updated. */
  readonly programHash: string;
}

export interface ShopProcess {
  /** The process that serves this environment, be it that it does not answer. Changes nothing. */
  find(): Promise<ShopProcessState | undefined>;
  /** Starts it unless it runs, answers and is of today's program. */
  ensure(): Promise<{ readonly url: string; readonly did: 'started' | 'nothing' }>;
  /** False when there was none. */
  stop(): Promise<boolean>;
}

const READY_TIMEOUT_MS = 30_000;
const READY_EVERY_MS = 20;
const STOP_TIMEOUT_MS = 10_000;

/** The Shop API of one local environment as a process of its own, which outlives the command that started it. */
export function openShopProcess(input: {
  readonly paths: LocalPaths;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
}): ShopProcess {
  const { paths } = input;
  const stop = async (): Promise<boolean> => {
    const found = await findShopProcess(paths);
    if (found === undefined) return false;
    if (!(await stopProcess(found.pid, STOP_TIMEOUT_MS))) throw shopApiDidNotStop({ pid: found.pid });
    return true;
  };
  return {
    find: () => findShopProcess(paths),
    async ensure() {
      const program = programPath();
      const programHash = await hashOf(program);
      const found = await findShopProcess(paths);
      if (found !== undefined && found.programHash === programHash && (await isHealthy(found.url))) {
        return { url: found.url, did: 'nothing' };
      }
      await stop();
      return { url: await start({ ...input, program, programHash }), did: 'started' };
    },
    stop,
  };
}

export async function findShopProcess(paths: LocalPaths): Promise<ShopProcessState | undefined> {
  const text = await readFile(paths.api.state, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const state = JSON.parse(text) as ShopProcessState;
    return (await processIdentity(state.pid)) === state.identity ? state : undefined;
  } catch {
    return undefined;
  }
}

/** The built program beside the bundle; from source, the file itself. */
function programPath(): string {
  if (import.meta.filename.endsWith('.ts')) return join(import.meta.dirname, 'serve-shop-process.ts');
  return join(packageRoot(), 'dist', 'src', 'local', 'serve-shop-process.js');
}

/** The names of the program's parts hold their content, so its own bytes tell them all. */
async function hashOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

async function start(input: {
  readonly paths: LocalPaths;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  readonly program: string;
  readonly programHash: string;
}): Promise<string> {
  const { paths, program, programHash, environmentVariables } = input;
  await mkdir(paths.api.root, { recursive: true, mode: 0o700 });
  await rm(paths.api.state, { force: true });
  await using log = await openLog(paths.api.log);
  const { size } = await log.stat();
  const compileCache = getCompileCacheDir();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    cwd: paths.root,
    // Nothing secret: what the process may do is in the environment's own files.
    env: {
      ...serverEnvironment(environmentVariables),
      ...(environmentVariables.DP_MYSQLD === undefined ? {} : { DP_MYSQLD: environmentVariables.DP_MYSQLD }),
      ...(compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache }),
      DP_SHOP_PROCESS: JSON.stringify({ environmentRoot: paths.root, programHash }),
    },
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  child.unref();
  let hasEnded = false;
  child.once('error', () => {
    hasEnded = true;
  });
  child.once('exit', () => {
    hasEnded = true;
  });
  const url = await until(
    async () => {
      if (hasEnded) return 'ended';
      const found = await findShopProcess(paths);
      return found !== undefined && (await isHealthy(found.url)) ? found.url : undefined;
    },
    { timeoutMs: READY_TIMEOUT_MS, everyMs: READY_EVERY_MS },
  );
  child.removeAllListeners();
  if (url === undefined || url === 'ended') {
    throw shopApiDidNotStart({ words: wordsOf(await textFrom(paths.api.log, size)), log: paths.api.log });
  }
  return url;
}

/** The error that ended the process, without its stack; else the last that it said. */
function wordsOf(log: string): string {
  const lines = log.trim().split('\n');
  const error = /^\[?(\w*(?:Error|Failure)\b.*?)\]?(?: \{)?$/;
  const said = lines.map((line) => error.exec(line)?.[1]).find((words) => words !== undefined);
  return (said ?? lines.at(-1) ?? '').replace(/\.$/, '');
}

/** True while the environment is there and has this process as its own. */
export async function isStillWanted(paths: LocalPaths, pid: number): Promise<boolean> {
  if (!(await stat(paths.api.state).then(Boolean, () => false))) return false;
  return (await findShopProcess(paths))?.pid === pid;
}
