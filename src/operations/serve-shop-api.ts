import type { ShopApi } from '../platform/shop-api.ts';

export interface ServeShopApiInput {
  readonly port: number;
  readonly signal: AbortSignal;
}

export interface ServeShopApiDeps {
  readonly api: ShopApi;
  readonly listening: (url: string) => Promise<void>;
  /** One answered request, as a line of JSON. */
  readonly request: (line: string) => Promise<void>;
}

/** Serves the Shop API until the signal is aborted. What is told comes out in order, all of it before the end. */
export async function serveShopApi(input: ServeShopApiInput, deps: ServeShopApiDeps): Promise<void> {
  let told: Promise<void> = Promise.resolve();
  const tell = (say: () => Promise<void>): void => {
    told = told.then(say);
  };
  await deps.api.serve(input, (event) =>
    tell(() => (event.event === 'listening' ? deps.listening(event.url) : deps.request(event.line))),
  );
  await told;
}
