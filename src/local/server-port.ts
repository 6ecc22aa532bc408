import { readFile, writeFile } from 'node:fs/promises';
import { findFreePort, isPortFree } from './free-port.ts';
import type { ServerPaths } from './paths.ts';

/** The port of the last start while it is free, so that saved connections keep working. */
export async function choosePort(server: ServerPaths, attempt: number): Promise<number> {
  const last = await lastPort(server);
  if (attempt === 1 && last !== undefined && (await isPortFree(last))) return last;
  const port = await findFreePort();
  await writeFile(server.port, `${JSON.stringify({ port })}\n`, { mode: 0o600 });
  return port;
}

/** The port the server had when it was last started; undefined when it never was. */
export async function lastPort(server: ServerPaths): Promise<number | undefined> {
  try {
    const { port } = JSON.parse(await readFile(server.port, 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
  } catch {
    return undefined;
  }
}
