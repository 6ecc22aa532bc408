/** The part of API Gateway's HTTP API event, payload format 2.0, that the shop reads. */
export interface HttpApiEvent {
  readonly version: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: {
    readonly requestId: string;
    readonly domainName: string;
    readonly http: { readonly method: string };
  };
}

export interface HttpApiResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

/** Throws a TypeError for what is no HTTP request, such as a method that fetch forbids. */
export function requestOfEvent(event: HttpApiEvent): Request {
  const { method } = event.requestContext.http;
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    if (value !== undefined) headers.set(name, value);
  }
  const query = event.rawQueryString === '' ? '' : `?${event.rawQueryString}`;
  const url = `https://${event.requestContext.domainName}${event.rawPath}${query}`;
  const body = bodyOf(event, method);
  if (body === undefined) return new Request(url, { method, headers });
  // API Gateway may have decoded the body: what counts is the length of what it handed over.
  headers.set('content-length', String(body.byteLength));
  return new Request(url, { method, headers, body });
}

function bodyOf(event: HttpApiEvent, method: string): Uint8Array<ArrayBuffer> | undefined {
  const { body, isBase64Encoded } = event;
  if (body === undefined || body === null || method === 'GET' || method === 'HEAD') return undefined;
  return Uint8Array.from(Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'));
}

/** Everything the shop answers is text. */
export async function resultOfResponse(response: Response): Promise<HttpApiResult> {
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
    isBase64Encoded: false,
  };
}
