// A STAND-IN for Athena and S3, not either of them: a small HTTP server that speaks just enough of both protocols to
// produce what no emulator does (throttling, a full queue, broken connections, a file that changes). What it says is
// written down by each test. The real SDK talks to it over loopback.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Answer = object | { readonly $error: string; readonly [field: string]: unknown };
export type AthenaHandler = (input: Record<string, unknown>, count: number) => Answer | Promise<Answer>;

export interface ObjectRequest {
  readonly range: { readonly from: number; readonly to: number } | undefined;
  readonly ifMatch: string | undefined;
  /** 1 for the first request of this object. */
  readonly count: number;
}

export interface ObjectAnswer {
  readonly status?: number;
  /** S3's error code, for statuses that are not 200. */
  readonly code?: string;
  /** Cut the connection after this many bytes of the answer's body. */
  readonly cutAfter?: number;
  /** Waits for this before it answers. */
  readonly after?: Promise<unknown>;
  readonly etag?: string;
}

export interface StandInInput {
  /** By operation: `StartQueryExecution`, `GetQueryExecution`, … */
  readonly athena: Readonly<Record<string, AthenaHandler>>;
  /** By path: `/results/q1.csv`. */
  readonly objects?: Readonly<Record<string, Uint8Array>>;
  readonly onObject?: (request: ObjectRequest) => ObjectAnswer | undefined;
  /** Added before every answer, in milliseconds: the far end of a long line. */
  readonly latencyMs?: number;
}

export interface StandIn extends AsyncDisposable {
  readonly endpoint: string;
  /** Calls so far, in order: `StartQueryExecution`, `GET /results/q1.csv bytes=0-8388607`. */
  readonly calls: string[];
  /** What the calls of an operation sent. */
  inputsOf(operation: string): Record<string, unknown>[];
}

export async function startAthenaStandIn(input: StandInInput): Promise<StandIn> {
  const calls: string[] = [];
  const inputs: { operation: string; input: Record<string, unknown> }[] = [];
  const counts = new Map<string, number>();
  const countOf = (name: string): number => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count;
  };
  const server: Server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (input.latencyMs !== undefined) await new Promise((resolve) => setTimeout(resolve, input.latencyMs));
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') {
      const operation = target.split('.').at(-1) ?? '';
      calls.push(operation);
      const sent = JSON.parse(await text(request)) as Record<string, unknown>;
      inputs.push({ operation, input: sent });
      const handler = input.athena[operation];
      const body =
        handler === undefined
          ? { $error: 'UnknownOperationException' }
          : await handler(sent, countOf(operation));
      return sendJson(response, body);
    }
    if (request.method === 'POST') return sendIdentity(response);
    const query = new URL(request.url ?? '/', 'http://loopback').searchParams;
    if (query.has('list-type')) return sendListing(response, input, query.get('prefix') ?? '');
    const path = new URL(request.url ?? '/', 'http://loopback').pathname;
    calls.push(`${request.method} ${path} ${request.headers.range ?? ''}`.trim());
    await sendObject(request, response, { path, input, count: countOf(path) });
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    inputsOf: (operation) => inputs.filter((one) => one.operation === operation).map((one) => one.input),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** ListObjectsV2 of every object whose key begins so, in the one bucket there is. */
function sendListing(response: ServerResponse, { objects = {} }: StandInInput, prefix: string): void {
  const found = Object.entries(objects).map(([path, bytes]) => [
    path.split('/').slice(2).join('/'),
    bytes.length,
  ]);
  // UNLOAD makes up its folder: what is asked for below `unload/` is what lies there.
  const wanted = prefix.replace(/unload\/[^/]+\//, 'unload/');
  const contents = found
    .filter(([key]) => String(key).startsWith(wanted))
    .map(([key, size]) => `<Contents><Key>${key}</Key><Size>${size}</Size></Contents>`);
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`);
}

/** STS's GetCallerIdentity, the only other call that is made. */
function sendIdentity(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/xml' });
  response.end(
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
      '<Arn>arn:aws:iam::123456789012:user/test</Arn><UserId>A</UserId><Account>123456789012</Account>' +
      '</GetCallerIdentityResult></GetCallerIdentityResponse>',
  );
}

function sendJson(response: ServerResponse, body: Answer): void {
  const { $error: error, ...fields } = body as { $error?: string };
  const payload =
    error === undefined ? body : { __type: error, message: `${error} of the stand-in`, ...fields };
  const status = error === undefined ? 200 : ((fields as { $status?: number }).$status ?? 400);
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(payload));
}

async function sendObject(
  request: IncomingMessage,
  response: ServerResponse,
  { path, input, count }: { path: string; input: StandInInput; count: number },
): Promise<void> {
  const bytes = input.objects?.[path];
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const wanted = range === null ? undefined : { from: Number(range[1]), to: Number(range[2]) };
  const told = input.onObject?.({ range: wanted, ifMatch: request.headers['if-match'], count }) ?? {};
  await told.after;
  if (bytes === undefined) return sendError(response, 404, 'NoSuchKey');
  if (told.status !== undefined && told.status >= 300)
    return sendError(response, told.status, told.code ?? 'Error');
  const etag = told.etag ?? '"first"';
  const ifMatch = request.headers['if-match'];
  if (ifMatch !== undefined && ifMatch !== etag) return sendError(response, 412, 'PreconditionFailed');
  if (wanted !== undefined && wanted.from >= bytes.length) return sendError(response, 416, 'InvalidRange');
  const from = wanted?.from ?? 0;
  const to = Math.min(wanted?.to ?? bytes.length - 1, bytes.length - 1);
  response.writeHead(wanted === undefined ? 200 : 206, {
    etag,
    'content-length': to - from + 1,
    'content-type': 'text/csv',
    ...(wanted === undefined ? {} : { 'content-range': `bytes ${from}-${to}/${bytes.length}` }),
  });
  const body = bytes.subarray(from, to + 1);
  if (told.cutAfter === undefined || told.cutAfter >= body.length) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, told.cutAfter), () => response.destroy());
}

function sendError(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} of the stand-in</Message></Error>`,
  );
}
