// The program that shop-process.ts starts: serves the Shop API of one local environment until it is told to stop,
// or until the environment was deleted or has another such process.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pause } from '../std/deadline.ts';
import { openLocalDatabase } from './database.ts';
import { localPaths } from './paths.ts';
import { processIdentity } from './processes.ts';
import { openLocalShopApi } from './shop-api.ts';
import { isStillWanted, type ShopProcessState } from './shop-process.ts';

const LOOK_EVERY_MS = 2_000;

const { environmentRoot, programHash } = JSON.parse(process.env.DP_SHOP_PROCESS ?? '{}') as {
  environmentRoot: string;
  programHash: string;
};
const paths = localPaths(dirname(dirname(environmentRoot)), basename(environmentRoot));
const ending = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => ending.abort());

await using api = openLocalShopApi({
  database: async () => openLocalDatabase({ paths, environmentVariables: process.env }),
  logPath: async () => paths.apiLog,
});
try {
  await serve(await lastPort());
} catch (error) {
  if ((error as { code?: string }).code !== 'port-taken') throw error;
  await serve(0);
}

async function serve(port: number): Promise<void> {
  await api.serve({ port, signal: ending.signal }, (event) => {
    if (event.event !== 'listening') return;
    void introduce(event.url).then(watch);
  });
}

/** Says where it listens, in one step: whoever reads it reads all of it. */
async function introduce(url: string): Promise<void> {
  const identity = (await processIdentity(process.pid)) ?? '';
  const state: ShopProcessState = { pid: process.pid, identity, url, programHash };
  await writeFile(paths.api.port, new URL(url).port, { mode: 0o600 });
  const written = `${paths.api.state}.${process.pid}`;
  await writeFile(written, JSON.stringify(state), { mode: 0o600 });
  await rename(written, paths.api.state);
}

/** Nobody stops a process whose environment was deleted with `rm`: it ends by itself. */
async function watch(): Promise<void> {
  while (!ending.signal.aborted && (await isStillWanted(paths, process.pid))) {
    await pause(LOOK_EVERY_MS, ending.signal).catch(() => undefined);
  }
  ending.abort();
}

/** The port of the last time, so that what clients remember keeps working. */
async function lastPort(): Promise<number> {
  const port = Number(await readFile(paths.api.port, 'utf8').catch(() => '0'));
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
}
