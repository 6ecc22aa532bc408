import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Database } from '../platform/database.ts';
import type { ShopApi, ShopApiRequest, ShopApiResponse } from '../platform/shop-api.ts';
import type { ShopApp } from '../shop/app.ts';
import { formatLogLine, type RequestLogEntry } from '../shop/request-log.ts';
import { shopApiCutOff } from './errors.ts';
import { isHealthy } from './shop-health.ts';
import { type LocalShopStore, openLocalShopStore } from './shop-store.ts';

/**
 * The Shop API over the local server. A call goes to the process that serves the environment; where there is none it
 * runs in this one: the same application and the same SQL as behind a socket, without one.
 */
export function openLocalShopApi(deps: {
  readonly database: () => Promise<Database>;
  /** The file to which a serving API adds a line per request. Without it, lines are only told. */
  readonly logPath?: () => Promise<string>;
  /** The process that serves this environment. */
  readonly served?: () => Promise<{ readonly url: string } | undefined>;
}): ShopApi & AsyncDisposable {
  let opened: Promise<LocalShopStore> | undefined;
  async function appWith(log: (entry: RequestLogEntry) => void): Promise<ShopApp> {
    const { createShopApp } = await import('../shop/app.ts');
    opened ??= openStore();
    const { store } = await opened;
    return createShopApp({ store, log, elapsedMs: () => performance.now(), newId: randomUUID });
  }
  async function openStore(): Promise<LocalShopStore> {
    const database = await deps.database();
    const currentLogin = () => database.access('shop_api');
    return openLocalShopStore(await currentLogin(), { currentLogin });
  }

  return {
    async describe() {
      const served = await deps.served?.();
      if (served === undefined) return { state: 'stopped' };
      return { state: (await isHealthy(served.url)) ? 'running' : 'not-answering', url: served.url };
    },
    async call(request) {
      const served = await deps.served?.();
      const answered = served === undefined ? undefined : await callServed(served.url, request);
      if (answered !== undefined) return answered;
      const { method, path, headers, body } = request;
      const app = await appWith(() => undefined);
      const init = { method, headers: { ...headers }, ...(body === undefined ? {} : { body }) };
      return answerOf(await app.fetch(new Request(new URL(path, 'http://localhost'), init)));
    },
    document: async () => (await import('../shop/openapi.ts')).openApiDocument(),
    async serve({ port, signal }, notify) {
      const { startShopServer } = await import('../shop/server.ts');
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

const CALL_TIMEOUT_MS = 35_000;

/** Undefined when nobody listens there: then nothing was sent, and nothing is done twice. */
async function callServed(url: string, request: ShopApiRequest): Promise<ShopApiResponse | undefined> {
  const { method, path, headers, body } = request;
  const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
  const init = { method, headers: { ...headers }, signal, ...(body === undefined ? {} : { body }) };
  // Made here, so that what cannot be sent at all is told apart from what was cut off.
  const sent = new Request(new URL(path, url), init);
  try {
    return await answerOf(await fetch(sent));
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    if (cause?.code === 'ECONNREFUSED') return undefined;
    throw shopApiCutOff({ url, cause: cause ?? error });
  }
}

async function answerOf(response: Response): Promise<ShopApiResponse> {
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
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
