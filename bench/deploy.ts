import { spawn } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binariesEnvironment, findMysqlBinaries } from '../src/local/mysql-binaries.ts';
import { stopServer } from '../src/local/mysql-server.ts';
import { localPaths } from '../src/local/paths.ts';
import { until } from '../src/std/deadline.ts';
import { interleave, printRatios, timeCommand } from './support/measure.ts';

export const name = 'deploy';

const ROUNDS = 5;
const START_TIMEOUT_MS = 20_000;
const repository = join(import.meta.dirname, '..');
const dp = join(repository, 'bin', 'run.js');

/**
 * `dp deploy` from nothing with 50,000 orders, and again, against the bare server's own start on a data folder that
 * is there already. The bar is 15 ×.
 */
export async function run(): Promise<void> {
  const binaries = await findMysqlBinaries({
    environmentVariables: process.env,
    cache: localPaths(repository).cache,
  });
  const env = { ...process.env, DP_MYSQLD: binaries.mysqld };
  const root = mkdtempSync(join(tmpdir(), 'dp-bench-'));
  writeFileSync(join(root, 'dp.config.json'), '{}');
  const run = (...args: string[]): number => timeCommand([process.execPath, dp, ...args], { cwd: root, env });
  try {
    run('deploy', '--orders', '0');
    const data = join(root, 'alone');
    await copyStoppedData(root, data);
    const times = await interleave(ROUNDS, {
      'mariadbd start alone': () => startServerAlone(data, binaries),
      'destroy (not compared)': () => run('destroy', '--confirm', 'local'),
      'deploy from nothing, 50,000 orders': () => run('deploy', '--orders', '50000'),
      're-deploy': () => run('deploy', '--orders', '50000'),
    });
    printRatios(times, 'mariadbd start alone');
  } finally {
    run('destroy', '--confirm', 'local');
    rmSync(root, { recursive: true });
  }
}

/** Stops the environment's server and copies its data folder, for the stock server to start on. */
async function copyStoppedData(root: string, to: string): Promise<void> {
  await stopServer(localPaths(root));
  const isPlain = (path: string): boolean => {
    const found = lstatSync(path);
    return found.isFile() || found.isDirectory();
  };
  mkdirSync(to);
  cpSync(localPaths(root).server.data, to, { recursive: true, filter: isPlain });
}

/** The stock server with no options but where its files are, from exec to the first accepted connection. */
async function startServerAlone(
  dataFolder: string,
  binaries: Awaited<ReturnType<typeof findMysqlBinaries>>,
): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const started = performance.now();
  const server = spawn(
    binaries.mysqld,
    [
      '--no-defaults',
      `--basedir=${binaries.baseFolder}`,
      `--lc-messages-dir=${binaries.shareFolder}`,
      `--datadir=${dataFolder}`,
      // The one thing that must equal what the folder was made with.
      '--innodb-data-file-path=ibdata1:4M:autoextend',
      '--socket=bench.sock',
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    ],
    { stdio: 'ignore', env: binariesEnvironment(binaries, process.env) },
  );
  const up = await until(async () => ((await accepts(port)) ? true : undefined), {
    timeoutMs: START_TIMEOUT_MS,
    everyMs: 2,
  });
  const took = performance.now() - started;
  if (up === undefined) throw new Error('the stock server did not start');
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
  return took;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
