import { once } from 'node:events';
import type { Server } from 'node:http';
import { type HttpBindings, serve } from '@hono/node-server';
import type { ShopApp } from './app.ts';
import { portTaken } from './errors.ts';
import { problemResponse } from './problem.ts';
import { hostRefused } from './problems.ts';

export interface ShopServerInput {
  /** 0: a free one. */
  readonly port: number;
  /** How long requests under way may take to end once closing began. */
  readonly graceMs?: number;
}

export interface ShopServer extends AsyncDisposable {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** Takes no new requests, lets those under way end, then closes. */
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const GRACE_MS = 5_000;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** The door of the local environment: plain HTTP on loopback, for programs on this machine only. */
export async function startShopServer(
  input: ShopServerInput,
  deps: { readonly app: ShopApp; readonly newId: () => string },
): Promise<ShopServer> {
  const server = serve({
    fetch: (request, bindings) => {
      // A web page that gets its own name to point at 127.0.0.1 must not reach the shop through a browser.
      const host = (bindings as HttpBindings).incoming.headers.host ?? '';
      if (!LOCAL_HOST.test(host)) return problemResponse(hostRefused().words, deps.newId());
      return deps.app.fetch(request);
    },
    hostname: LOOPBACK,
    port: input.port,
    serverOptions: { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
  }) as Server;
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' || error.code === 'EACCES' ? portTaken(input.port, error) : error;
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : input.port;
  const close = (): Promise<void> => closeServer(server, input.graceMs ?? GRACE_MS);
  return { url: `http://${LOOPBACK}:${port}`, close, [Symbol.asyncDispose]: close };
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed.finally(() => clearTimeout(timer));
}
