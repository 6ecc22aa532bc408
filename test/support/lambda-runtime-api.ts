// A stand-in for the Runtime API that Lambda offers inside an execution environment: the four routes of version
// 2018-06-01, without extensions, telemetry or response streaming. Written from AWS' public description of it.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface LambdaRuntimeApi extends AsyncDisposable {
  /** For AWS_LAMBDA_RUNTIME_API: host and port. */
  readonly address: string;
  /** Hands one event to the runtime. Rejects with what the function reported as its error. */
  invoke(event: unknown, options?: { readonly timeoutMs?: number }): Promise<unknown>;
  /** Resolves when the runtime asks for its first event; rejects when it reports that it could not start. */
  readonly ready: Promise<void>;
}

interface Invocation {
  readonly id: string;
  readonly event: string;
  readonly deadlineMs: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

const PREFIX = '/2018-06-01/runtime';
const TIMEOUT_MS = 30_000;

export async function startLambdaRuntimeApi(): Promise<LambdaRuntimeApi> {
  const waiting: Invocation[] = [];
  const running = new Map<string, Invocation>();
  let asking: ServerResponse | undefined;
  let count = 0;
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => undefined);

  function handOver(): void {
    const invocation = waiting[0];
    if (invocation === undefined || asking === undefined) return;
    waiting.shift();
    running.set(invocation.id, invocation);
    asking.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': invocation.id,
      'lambda-runtime-deadline-ms': String(invocation.deadlineMs),
      'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:ap-northeast-1:000000000000:function:shop-api',
      'lambda-runtime-trace-id': 'Root=1-00000000-000000000000000000000000;Sampled=0',
    });
    asking.end(invocation.event);
    asking = undefined;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (request.method === 'GET' && path === `${PREFIX}/invocation/next`) {
      asking = response;
      ready.resolve();
      handOver();
      return;
    }
    const body = await readAll(request);
    const [, id = '', outcome] = /\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    const invocation = running.get(id);
    response.writeHead(202).end('{"status":"OK"}');
    if (path === `${PREFIX}/init/error`) ready.reject(new Error(`the function did not start: ${body}`));
    running.delete(id);
    if (outcome === 'response') invocation?.resolve(JSON.parse(body));
    else invocation?.reject(new Error(body));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    address: `127.0.0.1:${address.port}`,
    ready: ready.promise,
    invoke: (event, { timeoutMs = TIMEOUT_MS } = {}) =>
      new Promise((resolve, reject) => {
        const deadlineMs = Date.now() + timeoutMs;
        waiting.push({
          id: `invocation-${++count}`,
          event: JSON.stringify(event),
          deadlineMs,
          resolve,
          reject,
        });
        handOver();
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}
