import { randomUUID } from 'node:crypto';
import { openLocalShopStore } from '../../src/local/shop-store.ts';
import type { SqlSession } from '../../src/platform/database.ts';
import { createShopApp, type ShopApp } from '../../src/shop/app.ts';
import type { PoolLimits } from '../../src/shop/pooled-sql.ts';
import type { RequestLogEntry } from '../../src/shop/request-log.ts';
import { seedShop } from '../../src/shop/seed-shop.ts';
import type { ShopStore } from '../../src/shop/store.ts';
import type { ShopServer as DatabaseServer } from '../support/shop-server.ts';
import { openShop } from './shop-database.ts';

export interface ShopApi extends AsyncDisposable {
  readonly app: ShopApp;
  readonly store: ShopStore;
  /** Every line the API logged. */
  readonly log: RequestLogEntry[];
  /** As the administrator, for looking behind the API. */
  readonly admin: SqlSession;
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
}

export interface RequestOptions {
  readonly body?: unknown;
  /** The body as it is, instead of JSON. */
  readonly text?: string;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into answers whose shape they assert.
  readonly body: any;
}

export interface ShopApiOptions {
  readonly connectionsMax?: number;
  readonly limits?: PoolLimits;
  readonly requestTimeoutMs?: number;
}

/** The Shop API over the shop's own database, as its user `shop_api`, with a small seeded shop. */
export async function openShopApi(server: DatabaseServer, options: ShopApiOptions = {}): Promise<ShopApi> {
  const admin = await openShop(server, 'stg_core');
  await seedShop(
    { seed: 5, orders: 300, days: 10, lastDay: '2026-11-22', replace: true },
    { session: admin },
  );
  const local = await openLocalShopStore(await server.database.access('shop_api'), options);
  const log: RequestLogEntry[] = [];
  const app = createShopApp({
    store: local.store,
    log: (entry) => log.push(entry),
    elapsedMs: () => performance.now(),
    newId: randomUUID,
    ...(options.requestTimeoutMs === undefined ? {} : { requestTimeoutMs: options.requestTimeoutMs }),
  });
  return {
    app,
    store: local.store,
    log,
    admin,
    request: (method, path, request) => send(app, method, path, request),
    async [Symbol.asyncDispose]() {
      await local[Symbol.asyncDispose]();
      await admin[Symbol.asyncDispose]();
    },
  };
}

async function send(
  app: ShopApp,
  method: string,
  path: string,
  { body, text, headers = {} }: RequestOptions = {},
): Promise<Answer> {
  const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await app.fetch(
    new Request(`http://localhost${path}`, {
      method,
      headers: { ...(content === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(content === undefined ? {} : { body: content }),
    }),
  );
  const answer = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: answer === '' ? undefined : JSON.parse(answer),
  };
}
