// Emulators of AWS by other people, from PyPI, as processes on free loopback ports.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from './free-port.ts';

export type EmulatorName = 'moto' | 'ministack';

export interface Emulator extends AsyncDisposable {
  readonly name: EmulatorName;
  readonly endpoint: string;
}

/** How long an emulator may take to answer for the first time, in milliseconds. */
const READY_MS_MAX = 60_000;
const STARTS_MAX = 3;

/** The Python that `npm test` set up. */
export function testPython(): string {
  const python = process.env.DP_TEST_PYTHON;
  if (python === undefined)
    throw new Error('DP_TEST_PYTHON is not set: run this suite with `npm test -- aws-emulators`');
  return python;
}

/** Starts an emulator and waits until it answers. A port that somebody else takes first is tried again with another. */
export async function startEmulator(name: EmulatorName): Promise<Emulator> {
  for (let starts = 1; ; starts++) {
    const folder = await mkdtemp(join(tmpdir(), `dp-${name}-`));
    const port = await freePort();
    const child = name === 'moto' ? startMoto(port) : startMinistack(port, folder);
    const dispose = async (): Promise<void> => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await rm(folder, { recursive: true, force: true });
    };
    const endpoint = `http://127.0.0.1:${port}`;
    if (await answers(endpoint, child)) return { name, endpoint, [Symbol.asyncDispose]: dispose };
    await dispose();
    if (starts === STARTS_MAX) throw new Error(`${name} did not start`);
  }
}

function startMoto(port: number): ChildProcess {
  const program = join(dirname(testPython()), 'moto_server');
  return spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
}

function startMinistack(port: number, folder: string): ChildProcess {
  return spawn(testPython(), ['-m', 'ministack'], {
    stdio: 'ignore',
    cwd: folder,
    env: {
      ...process.env,
      GATEWAY_PORT: String(port),
      EDGE_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      S3_PERSIST: '1',
      S3_DATA_DIR: join(folder, 's3'),
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
    },
  });
}

async function answers(endpoint: string, child: ChildProcess): Promise<boolean> {
  const end = Date.now() + READY_MS_MAX;
  while (Date.now() < end && child.exitCode === null) {
    try {
      await fetch(endpoint);
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return false;
}
