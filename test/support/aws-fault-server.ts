// A fault server: stands before an emulator, passes every call on, and spoils or answers the ones it is told to.
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AwsFault {
  /** The end of the call's name: `GetJobRun`, `/configuration`. */
  readonly call: string;
  /**
   * What the service says instead. `lost`: the call takes effect, and its answer never arrives. `silent`: nothing happens,
   * and nothing is answered.
   */
  readonly answer: 'lost' | 'silent' | { readonly status: number; readonly body: object | string };
  /** Calls to spoil. @default 1 */
  times?: number;
  /** Calls to let pass first. @default 0 */
  skip?: number;
}

export interface AwsFaultServer extends AsyncDisposable {
  readonly endpoint: string;
  readonly faults: AwsFault[];
  /** The names of all calls so far. */
  readonly calls: string[];
}

export interface OwnAnswer {
  /** An object is JSON, a text XML. */
  readonly answer: { readonly status: number; readonly body: object | string };
}

/** An error as Glue writes it. */
export function awsError(type: string, message: string, status = 400): AwsFault['answer'] {
  return { status, body: { __type: type, message, Message: message } };
}

/** `own` answers calls in the emulator's place. */
export async function startFaultServer(
  upstream: () => string,
  own: (call: string, body: Buffer) => OwnAnswer | undefined = () => undefined,
): Promise<AwsFaultServer> {
  const faults: AwsFault[] = [];
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request).catch(() => undefined);
    // Whoever asked has gone.
    if (body === undefined) return;
    const call = callOf(request, body);
    calls.push(call);
    const fault = takeFault(faults, call);
    if (fault?.answer === 'silent') return;
    const answered = fault === undefined || fault.answer === 'lost' ? own(call, body) : undefined;
    const instead = fault === undefined || fault.answer === 'lost' ? answered?.answer : fault.answer;
    if (instead !== undefined) {
      const isXml = typeof instead.body === 'string';
      response.writeHead(instead.status, {
        'content-type': isXml ? 'text/xml' : 'application/x-amz-json-1.1',
      });
      response.end(typeof instead.body === 'string' ? instead.body : JSON.stringify(instead.body));
      return;
    }
    passOn({ request, body, upstream: upstream() }, (answer, content) => {
      if (fault === undefined) send(response, answer, content);
      else response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function takeFault(faults: readonly AwsFault[], call: string): AwsFault | undefined {
  for (const fault of faults) {
    if (!call.endsWith(fault.call) || fault.times === 0) continue;
    if ((fault.skip ?? 0) > 0) {
      fault.skip = (fault.skip ?? 0) - 1;
      continue;
    }
    fault.times = (fault.times ?? 1) - 1;
    return fault;
  }
  return undefined;
}

function passOn(
  input: { readonly request: IncomingMessage; readonly body: Buffer; readonly upstream: string },
  done: (answer: IncomingMessage, content: Buffer) => void,
): void {
  const { request, body, upstream } = input;
  const { hostname, port } = new URL(upstream);
  const { method, url: path, headers } = request;
  const giveUp = (): void => void request.socket.destroy();
  const onward = httpRequest(
    { hostname, port, ...(method && { method }), ...(path && { path }), headers },
    (answer) => bodyOf(answer).then((content) => done(answer, content), giveUp),
  );
  onward.on('error', giveUp);
  onward.end(body);
}

function send(response: ServerResponse, answer: IncomingMessage, content: Buffer): void {
  const { 'transfer-encoding': _, ...headers } = answer.headers;
  response.writeHead(answer.statusCode ?? 500, headers);
  response.end(content);
}

/** `AWSGlue.GetTables`, `DescribeStacks` of the services that take forms, `GET /2015-03-31/functions/…` of the others. */
function callOf({ headers, method, url }: IncomingMessage, body: Buffer): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target;
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const action = isForm ? new URLSearchParams(body.toString()).get('Action') : null;
  return action ?? `${method} ${url}`;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
