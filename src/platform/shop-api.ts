/** The Shop API as its clients see it: HTTP requests and answers. */

export interface ShopApiRequest {
  /** `GET`, `POST`, … */
  readonly method: string;
  /** With its query: `/products?limit=5`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ShopApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a serving API tells as it goes. */
export type ShopApiEvent =
  | { readonly event: 'listening'; readonly url: string }
  /** One request, as one line of JSON. */
  | { readonly event: 'request'; readonly line: string };

export interface ShopApiState {
  readonly state: 'running' | 'stopped' | 'not-answering';
  /** Where it answers; absent while it is stopped. */
  readonly url?: string;
}

export interface ShopApi {
  /** Whether it is up, and where. Changes nothing. */
  describe(): Promise<ShopApiState>;
  /** Sends one request, with whatever signature the environment asks for. */
  call(request: ShopApiRequest): Promise<ShopApiResponse>;
  /** The API's OpenAPI document. Needs no database. */
  document(): Promise<object>;
  /** Answers on this machine until the signal is aborted; then ends the requests under way. */
  serve(
    input: { readonly port: number; readonly signal: AbortSignal },
    notify: (event: ShopApiEvent) => void,
  ): Promise<void>;
}
