import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../std/deadline.ts';
import { diskFull, notDeployed, serverDidNotStart, serverDidNotStop, serverNotReady } from './errors.ts';
import { withFileLock } from './file-lock.ts';
import { openLog, textFrom } from './log-file.ts';
import { binariesEnvironment, findMysqlBinaries, type MysqlBinaries } from './mysql-binaries.ts';
import { createDataFolder } from './mysql-bootstrap.ts';
import { ensureCertificates } from './mysql-certificates.ts';
import { serverEnvironment, serverFlags } from './mysql-flags.ts';
import { readGreeting, type ServerAddress } from './mysql-greeting.ts';
import { errorWordsOf, saysDiskFull, saysPortTaken } from './mysql-log.ts';
import type { LocalPaths } from './paths.ts';
import { isServerOf, orphanedServersOf, workingFolder } from './processes.ts';
import { ensureSecret } from './secrets-file.ts';
import { requireShortPath, requireSpace } from './server-place.ts';
import { choosePort, lastPort } from './server-port.ts';
import { sendSignal, stopProcess } from './stop-process.ts';

const SOCKET_NAME = 'mysqld.sock';
const PID_NAME = 'mysqld.pid';
/** sockaddr_un holds 108 bytes on Linux and 104 on macOS, with a zero at the end. */
const SOCKET_PATH_BYTES_MAX = 103;
const BUFFER_POOL_MEGABYTES = 256;
const PORT_ATTEMPTS = 5;
const READY_EVERY_MS = 8;
/** Recovery of a big shop after a crash takes its time. */
const READY_TIMEOUT_MS = 120_000;
const GREETING_TIMEOUT_MS = 2_000;
const STOP_TIMEOUT_MS = 20_000;

export const SERVER_HOST = '127.0.0.1';

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** Where this machine's programs reach it without TLS; absent where no path to it is short enough. */
  readonly socketPath?: string;
  readonly version: string;
}

export interface ServerInput {
  readonly paths: LocalPaths;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  readonly databaseName: string;
  /** @default 256 */
  readonly bufferPoolMegabytes?: number;
  readonly notify?: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** The server of this environment, when it is running and answers. Changes nothing. */
export async function findRunningServer(paths: LocalPaths): Promise<RunningServer | undefined> {
  const pid = await findServerProcess(paths);
  const port = await lastPort(paths.server);
  if (pid === undefined || port === undefined) return undefined;
  const socketPath = await socketPathOf(paths, pid);
  const address: ServerAddress =
    socketPath === undefined ? { host: SERVER_HOST, port } : { path: socketPath };
  const version = await readGreeting(address, GREETING_TIMEOUT_MS);
  if (version === undefined) return undefined;
  return socketPath === undefined ? { pid, port, version } : { pid, port, socketPath, version };
}

/** Whether the server's process is there, be it that it does not answer. */
export async function hasServerProcess(paths: LocalPaths): Promise<boolean> {
  return (await findServerProcess(paths)) !== undefined;
}

/** Whether the server was ever made. */
export async function hasServer(paths: LocalPaths): Promise<boolean> {
  return stat(join(paths.server.data, 'ibdata1')).then(
    () => true,
    () => false,
  );
}

/** Gives the running server, starting it when it is stopped. Of several callers at once, one starts it. */
export async function startServer(input: ServerInput): Promise<RunningServer> {
  const running = await findRunningServer(input.paths);
  if (running !== undefined) return running;
  if (!(await hasServer(input.paths))) throw notDeployed({ root: input.paths.root, what: 'the server' });
  return underLock(input, () => startUnlessRunning(input));
}

/** Like `startServer`, but makes the server first where there is none. Tells what it had to do. */
export async function ensureServer(
  input: ServerInput,
): Promise<{ server: RunningServer; did: 'created' | 'started' | 'nothing' }> {
  const running = await findRunningServer(input.paths);
  if (running !== undefined) return { server: running, did: 'nothing' };
  return underLock(input, async () => {
    if (await hasServer(input.paths)) return { server: await startUnlessRunning(input), did: 'started' };
    const binaries = await findMysqlBinaries({ ...input, cache: input.paths.cache });
    await requireSpace(input.paths.server);
    requireShortPath(input.paths.server);
    // Nobody can reach them any more, and their files are gone.
    for (const pid of await orphanedServersOf(input.paths.server.data)) sendSignal(pid, 'SIGKILL');
    const admin = await ensureSecret(input.paths.secrets, 'admin');
    await Promise.all([
      createDataFolder({ ...input, server: input.paths.server, binaries, admin }),
      // Loading what makes certificates takes as long as the server's own work beside it.
      ensureCertificates(input.paths.server.certificates, Date.now()),
    ]);
    return { server: await startUnlessRunning(input, binaries), did: 'created' };
  });
}

/** Stops the server if it runs: politely, then by force. False when there was nothing to stop. */
export async function stopServer(
  paths: LocalPaths,
  limits: { readonly politelyMs: number } = { politelyMs: STOP_TIMEOUT_MS },
): Promise<boolean> {
  if ((await findServerProcess(paths)) === undefined) return false;
  return underLock({ paths }, async () => {
    const pid = await findServerProcess(paths);
    if (pid === undefined) return false;
    if (!(await stopProcess(pid, limits.politelyMs))) throw serverDidNotStop({ pid });
    return true;
  });
}

async function underLock<T>(
  input: { readonly paths: LocalPaths; readonly signal?: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  const lock = {
    path: input.paths.server.lock,
    purpose: 'start or stop the local database',
    timeoutMs: READY_TIMEOUT_MS + STOP_TIMEOUT_MS,
  };
  return withFileLock(input.signal === undefined ? lock : { ...lock, signal: input.signal }, work);
}

/** The server's own pid file, believed only when that process really is this folder's server. */
async function findServerProcess(paths: LocalPaths): Promise<number | undefined> {
  const { data } = paths.server;
  const text = await readFile(join(data, PID_NAME), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return pid > 1 && (await isServerOf(pid, data)) ? pid : undefined;
}

async function startUnlessRunning(input: ServerInput, found?: MysqlBinaries): Promise<RunningServer> {
  const { paths } = input;
  const before = await waitUntilReady(paths);
  if (before !== undefined) return before;
  const binaries = found ?? (await findMysqlBinaries({ ...input, cache: paths.cache }));
  await requireSpace(paths.server);
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort(paths.server, attempt);
    const outcome = await launch({ ...input, binaries, port });
    if (outcome.server !== undefined) return outcome.server;
    if (attempt < PORT_ATTEMPTS && saysPortTaken(outcome.log)) continue;
    if (saysDiskFull(outcome.log)) throw diskFull({ folder: paths.server.root });
    throw serverDidNotStart({ words: errorWordsOf(outcome.log), log: paths.server.log });
  }
}

/** A server that somebody else has begun to start is waited for; undefined when there is none. */
async function waitUntilReady(paths: LocalPaths): Promise<RunningServer | undefined> {
  if ((await findServerProcess(paths)) === undefined) return undefined;
  const probe = async () => {
    const running = await findRunningServer(paths);
    if (running !== undefined) return running;
    return (await findServerProcess(paths)) === undefined ? 'gone' : undefined;
  };
  const found = await until(probe, { timeoutMs: READY_TIMEOUT_MS, everyMs: READY_EVERY_MS });
  if (found === undefined) throw serverNotReady({ timeoutMs: READY_TIMEOUT_MS, log: paths.server.log });
  return found === 'gone' ? undefined : found;
}

/** Starts the server so that it outlives this process, and waits until it greets. */
async function launch(
  input: ServerInput & { binaries: MysqlBinaries; port: number },
): Promise<{ server: RunningServer } | { server?: undefined; log: string }> {
  const { paths, binaries } = input;
  await mkdir(paths.server.temporary, { recursive: true, mode: 0o700 });
  await rm(join(paths.server.data, PID_NAME), { force: true });
  const flags = serverFlags({
    binaries,
    dataFolder: paths.server.data,
    socketName: SOCKET_NAME,
    pidName: PID_NAME,
    port: input.port,
    certificates: await ensureCertificates(paths.server.certificates, Date.now()),
    bufferPoolMegabytes: input.bufferPoolMegabytes ?? BUFFER_POOL_MEGABYTES,
  });
  await using log = await openLog(paths.server.log);
  const { size } = await log.stat();
  const child = spawn(binaries.mysqld, flags, {
    cwd: paths.server.data,
    env: binariesEnvironment(binaries, serverEnvironment(input.environmentVariables)),
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  child.unref();
  const ended = new Promise<'ended'>((resolve) => {
    child.once('error', () => resolve('ended'));
    child.once('exit', () => resolve('ended'));
  });
  const server = await waitForGreeting({ ...input, child, ended });
  return server === 'ended' ? { log: await textFrom(paths.server.log, size) } : { server };
}

async function waitForGreeting(
  input: ServerInput & { port: number; child: ChildProcess; ended: Promise<'ended'> },
): Promise<RunningServer | 'ended'> {
  const { paths, child } = input;
  let hasEnded = false;
  void input.ended.then(() => {
    hasEnded = true;
  });
  const probe = async () => (hasEnded ? 'ended' : await findRunningServer(paths));
  const found = await until(probe, {
    timeoutMs: READY_TIMEOUT_MS,
    everyMs: READY_EVERY_MS,
    ...(input.signal === undefined ? {} : { signal: input.signal }),
  });
  if (found === undefined) throw serverNotReady({ timeoutMs: READY_TIMEOUT_MS, log: paths.server.log });
  child.removeAllListeners();
  return found;
}

/** The absolute path where it is short enough; else, on Linux, the same socket seen through the process. */
async function socketPathOf(paths: LocalPaths, pid: number): Promise<string | undefined> {
  const path = join(paths.server.data, SOCKET_NAME);
  if (Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX) return path;
  const folder = await workingFolder(pid);
  return folder === undefined ? undefined : join(folder, SOCKET_NAME);
}
