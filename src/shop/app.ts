import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { openApiDocument } from './openapi.ts';
import { createPlaceOrder } from './place-order.ts';
import { Problem, type ProblemWords, problemResponse } from './problem.ts';
import { bodyTooLarge, internalError, methodNotAllowed, pathNotFound, tooSlow } from './problems.ts';
import { readRequest } from './read-request.ts';
import type { RequestLogEntry } from './request-log.ts';
import type { Route, RouteDeps } from './route.ts';
import { shopRoutes } from './shop-routes.ts';
import type { ShopStore } from './store.ts';

export interface ShopAppDeps {
  readonly store: ShopStore;
  readonly log: (entry: RequestLogEntry) => void;
  /** Milliseconds of any steady clock, for durations. */
  readonly elapsedMs: () => number;
  /** A new request id, for requests that bring none. */
  readonly newId: () => string;
  /** @default 20 seconds: below API Gateway's 29 */
  readonly requestTimeoutMs?: number;
}

/** What a door may know of a request beyond HTTP. */
export interface DoorContext {
  /** The door's own id of this request, e.g. API Gateway's. */
  readonly requestId?: string;
  /** What is left of the door's own time limit. */
  readonly remainingMs?: number;
}

interface ShopEnv {
  Bindings: DoorContext;
  Variables: { requestId: string; problem: ProblemWords | undefined; cause: unknown };
}

export type ShopApp = Hono<ShopEnv>;

export const BODY_BYTES_MAX = 64 * 1024;
const REQUEST_TIMEOUT_MS = 20_000;
const REQUEST_ID = /^[A-Za-z0-9._=-]{1,64}$/;

/** The Shop API as one fetch handler, the same behind both doors. */
export function createShopApp(deps: ShopAppDeps): ShopApp {
  const app: ShopApp = new Hono();
  const routeDeps = { store: deps.store, placeOrder: createPlaceOrder(deps) };
  app.use((context, next) => logged(context, next, deps));
  for (const route of shopRoutes) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1');
    if (route.bodySchema !== undefined) app.on(route.method, path, limitBody);
    app.on(route.method, path, (context) => answer(context, route, { ...deps, ...routeDeps }));
  }
  app.get('/openapi.json', (context) => context.json(openApiDocument()));
  for (const [path, allow] of allowedMethods()) {
    app.all(path, () => {
      throw methodNotAllowed(allow);
    });
  }
  app.notFound((context) => problem(context, pathNotFound()));
  app.onError((error, context) => problem(context, error));
  return app;
}

async function logged(
  context: Context<ShopEnv>,
  next: () => Promise<void>,
  deps: ShopAppDeps,
): Promise<void> {
  const started = deps.elapsedMs();
  const given = context.env?.requestId ?? context.req.header('x-request-id');
  const requestId = given !== undefined && REQUEST_ID.test(given) ? given : deps.newId();
  context.set('requestId', requestId);
  await next();
  context.res.headers.set('x-request-id', requestId);
  const words = context.get('problem');
  const cause = context.get('cause');
  deps.log({
    requestId,
    method: context.req.method,
    // The pattern, not the path: ids and search words are nobody's business in a log.
    route: routeOf(context),
    status: context.res.status,
    durationMs: Math.round((deps.elapsedMs() - started) * 100) / 100,
    ...(words === undefined ? {} : { code: words.code }),
    ...(cause === undefined ? {} : { cause }),
  });
}

function routeOf(context: Context<ShopEnv>): string {
  const { routePath } = context.req;
  return routePath === '/*' ? '-' : routePath;
}

async function answer(
  context: Context<ShopEnv>,
  route: Route,
  deps: ShopAppDeps & RouteDeps,
): Promise<Response> {
  const timeoutMs = Math.min(
    deps.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    context.env?.remainingMs ?? Number.POSITIVE_INFINITY,
  );
  const input = await readRequest(context.req, route);
  const result = await within(timeoutMs, route.handle(input, deps));
  return context.json(result.body as object, result.status, { ...result.headers });
}

const limitStream = bodyLimit({
  maxSize: BODY_BYTES_MAX,
  onError: () => {
    throw bodyTooLarge(BODY_BYTES_MAX);
  },
});

/** Both doors hand over exactly the length that was announced: only a body without one must be measured as it comes. */
const limitBody: MiddlewareHandler<ShopEnv> = (context, next) => {
  const length = context.req.header('content-length');
  if (length === undefined || context.req.header('transfer-encoding') !== undefined) {
    return limitStream(context, next);
  }
  if (!(Number(length) <= BODY_BYTES_MAX)) throw bodyTooLarge(BODY_BYTES_MAX);
  return next();
};

/** The work goes on behind a timeout: its statements have limits of their own and free their connection. */
async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow(timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function problem(context: Context<ShopEnv>, error: Error): Response {
  const { words } = error instanceof Problem ? error : internalError();
  context.set('problem', words);
  // Clients' own mistakes need no cause in the log; a bug needs its stack.
  if (words.status >= 500) context.set('cause', error instanceof Problem ? (words.cause ?? error) : error);
  return problemResponse(words, context.get('requestId') ?? '-');
}

function allowedMethods(): Map<string, string> {
  const methods = new Map<string, string>([['/openapi.json', 'GET, HEAD']]);
  for (const { path, method } of shopRoutes) {
    const pattern = path.replaceAll(/\{(\w+)\}/g, ':$1');
    const before = methods.get(pattern);
    const name = method === 'GET' ? 'GET, HEAD' : method;
    methods.set(pattern, before === undefined ? name : `${before}, ${name}`);
  }
  return methods;
}
