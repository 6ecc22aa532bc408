import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { ShopApi, ShopApiRequest, ShopApiResponse } from '../platform/shop-api.ts';
import { openApiDocument } from '../shop/openapi.ts';
import { Failure, messageOf } from '../std/failure.ts';

export interface AwsShopApiInput {
  readonly environment: string;
  readonly region: string;
}

export interface AwsShopApiDeps {
  /** The address the api stack gave out, or undefined when it is not deployed. */
  readonly findUrl: () => Promise<string | undefined>;
  readonly credentials: () => Promise<{
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  }>;
}

/** API Gateway's own limit is 29 seconds. */
const CALL_TIMEOUT_MS = 35_000;
const DOCS = 'docs/shop-api.md';

/** The Shop API behind API Gateway, whose authorizer wants requests signed with the operator's credentials. */
export function openAwsShopApi(input: AwsShopApiInput, deps: AwsShopApiDeps): ShopApi {
  return {
    describe: async () => {
      const url = await deps.findUrl();
      return url === undefined ? { state: 'stopped' } : { state: 'running', url };
    },
    call: (request) => callSigned(request, input, deps),
    document: async () => openApiDocument(),
    serve: async () => {
      throw new Failure({
        code: 'api-served-by-aws',
        kind: 'usage',
        message: `Cannot serve the Shop API of ${input.environment} from this machine: API Gateway and Lambda do.`,
        nextSteps: ['dp api serve --env local', `dp api call GET /health --env ${input.environment}`],
        docs: DOCS,
      });
    },
  };
}

async function callSigned(
  request: ShopApiRequest,
  input: AwsShopApiInput,
  deps: AwsShopApiDeps,
): Promise<ShopApiResponse> {
  const base = await deps.findUrl();
  if (base === undefined) throw notDeployed(input.environment);
  const url = new URL(request.path, base);
  const signer = new SignatureV4({
    service: 'execute-api',
    region: input.region,
    credentials: deps.credentials,
    sha256: Sha256,
  });
  const { headers } = await signer.sign({
    method: request.method,
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    path: url.pathname,
    query: queryOf(url),
    headers: { ...request.headers, host: url.host },
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  try {
    const response = await fetch(url, {
      method: request.method,
      headers,
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const { status } = response;
    return { status, headers: Object.fromEntries(response.headers), body: await response.text() };
  } catch (error) {
    throw unreachable(url, error);
  }
}

function queryOf(url: URL): Record<string, string[]> {
  return Object.fromEntries(
    [...new Set(url.searchParams.keys())].map((name) => [name, url.searchParams.getAll(name)]),
  );
}

/** SHA-256 and its HMAC in the shape the signer asks for. */
class Sha256 {
  readonly #hash: { update(data: Uint8Array | string): unknown; digest(): Buffer };

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

function notDeployed(environment: string): Failure {
  return new Failure({
    code: 'api-not-deployed',
    kind: 'not-ready',
    message: `Cannot call the Shop API of ${environment}: its api stack is not deployed.`,
    nextSteps: [`dp deploy --env ${environment}`, `dp outputs --env ${environment}`],
    docs: DOCS,
  });
}

function unreachable(url: URL, error: unknown): Failure {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return new Failure({
    code: 'api-unreachable',
    kind: 'unreachable',
    message: `Cannot reach the Shop API at ${url.origin}: ${messageOf(cause)}.`,
    nextSteps: ['Check the network and the name of its domain', 'dp outputs'],
    docs: DOCS,
    cause: error,
  });
}
