import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Database } from '../platform/database.ts';
import type { ShopApi } from '../platform/shop-api.ts';
import { createShopApp, type ShopApp } from '../shop/app.ts';
import { openApiDocument } from '../shop/openapi.ts';
import { formatLogLine, type RequestLogEntry } from '../shop/request-log.ts';
import { startShopServer } from '../shop/server.ts';
import { type LocalShopStore, openLocalShopStore } from './shop-store.ts';

/**
 * The Shop API over the local server. A call runs in this process: the same application and the same SQL as behind
 * a socket, without one, so that nothing needs to be started first.
 */
export function openLocalShopApi(deps: {
  readonly database: () => Promise<Database>;
  /** The file to which a serving API adds a line per request. Without it, lines are only told. */
  readonly logPath?: () => Promise<string>;
}): ShopApi & AsyncDisposable {
  let opened: Promise<LocalShopStore> | undefined;
  async function appWith(log: (entry: RequestLogEntry) => void): Promise<ShopApp> {
    opened ??= openStore();
    const { store } = await opened;
    return createShopApp({ store, log, elapsedMs: () => performance.now(), newId: randomUUID });
  }
  async function openStore(): Promise<LocalShopStore> {
    const database = await deps.database();
    const currentPassword = async () => (await database.access('shop_api')).password;
    return openLocalShopStore(await database.access('shop_api'), { currentPassword });
  }

  return {
    async call({ method, path, headers, body }) {
      const app = await appWith(() => undefined);
      const init = { method, headers: { ...headers }, ...(body === undefined ? {} : { body }) };
      const response = await app.fetch(new Request(new URL(path, 'http://localhost'), init));
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: await response.text(),
      };
    },
    document: async () => openApiDocument(),
    async serve({ port, signal }, notify) {
      await using log = await openRequestLog(deps.logPath);
      const app = await appWith((entry) => {
        const line = formatLogLine(entry, new Date());
        log.write(line);
        notify({ event: 'request', line });
      });
      await using server = await startShopServer({ port }, { app, newId: randomUUID });
      notify({ event: 'listening', url: server.url });
      if (!signal.aborted) await once(signal, 'abort');
    },
    async [Symbol.asyncDispose]() {
      if (opened === undefined) return;
      const store = await opened.catch(() => undefined);
      await store?.[Symbol.asyncDispose]();
    },
  };
}

/** Several serving APIs may add to one file: each line is one write at its end. A full disk stops no request. */
async function openRequestLog(
  path: (() => Promise<string>) | undefined,
): Promise<AsyncDisposable & { write(line: string): void }> {
  if (path === undefined) return { write: () => undefined, [Symbol.asyncDispose]: async () => undefined };
  const stream = createWriteStream(await path(), { flags: 'a', mode: 0o600 });
  stream.on('error', () => undefined);
  return {
    write: (line) => {
      stream.write(`${line}\n`);
    },
    [Symbol.asyncDispose]: async () => {
      stream.end();
      await finished(stream).catch(() => undefined);
    },
  };
}
