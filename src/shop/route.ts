import type * as z from 'zod';
import type { PlaceOrder } from './place-order.ts';
import type { ShopStore } from './store.ts';

export interface RouteDeps {
  readonly store: ShopStore;
  readonly placeOrder: PlaceOrder;
}

/** The checked parts of a request. */
export interface RouteInput<Path, Query, Headers, Body> {
  readonly path: Path;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
}

export interface RouteResult {
  readonly status: 200 | 201;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RouteAnswer {
  readonly status: 200 | 201;
  readonly description: string;
  readonly schema: z.ZodType;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One operation: what the OpenAPI document says of it, and what checks and answers a request, from one source. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** With OpenAPI's braces: `/orders/{orderId}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly pathSchema?: z.ZodObject;
  readonly querySchema?: z.ZodObject;
  readonly headerSchema?: z.ZodObject;
  readonly bodySchema?: z.ZodType;
  readonly answer: RouteAnswer;
  /** What may go wrong besides an invalid request, an unavailable database and a bug, by status. */
  readonly problems?: Readonly<Partial<Record<404 | 409, string>>>;
  /** Operations that take this answer's id, for the document's links: operationId → its path parameter. */
  readonly links?: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: defineRoute has checked that the handler fits the schemas.
  readonly handle: (input: any, deps: RouteDeps) => Promise<RouteResult>;
}

type Output<T> = T extends z.ZodType ? z.output<T> : undefined;

/** Gives the route back; the types make the handler's input what the schemas let through. */
export function defineRoute<
  Path extends z.ZodObject | undefined = undefined,
  Query extends z.ZodObject | undefined = undefined,
  Headers extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(
  route: Omit<Route, 'handle' | 'pathSchema' | 'querySchema' | 'headerSchema' | 'bodySchema'> & {
    readonly pathSchema?: Path;
    readonly querySchema?: Query;
    readonly headerSchema?: Headers;
    readonly bodySchema?: Body;
    readonly handle: (
      input: RouteInput<Output<Path>, Output<Query>, Output<Headers>, Output<Body>>,
      deps: RouteDeps,
    ) => Promise<RouteResult>;
  },
): Route {
  return route as unknown as Route;
}
