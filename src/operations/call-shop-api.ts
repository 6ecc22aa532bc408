import type { ShopApi, ShopApiResponse } from '../platform/shop-api.ts';
import { Failure } from '../std/failure.ts';

export interface CallShopApiInput {
  readonly method: string;
  readonly path: string;
  /** `Name: value`, as an operator types them. */
  readonly headers: readonly string[];
  /** JSON text. */
  readonly body?: string;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Sends one request to the Shop API and gives its answer, whatever its status. */
export async function callShopApi(
  input: CallShopApiInput,
  deps: { readonly api: ShopApi },
): Promise<ShopApiResponse> {
  const method = input.method.toUpperCase();
  if (!METHODS.includes(method)) {
    throw notCallable(`${input.method} is no HTTP method`, 'dp api call GET /products');
  }
  if (!input.path.startsWith('/')) {
    throw notCallable(`the path ${input.path} does not begin with /`, `dp api call ${method} /${input.path}`);
  }
  if (input.body !== undefined && (method === 'GET' || method === 'HEAD')) {
    throw notCallable(`${method} has no body`, `dp api call POST ${input.path} --data '…'`);
  }
  const headers = Object.fromEntries(input.headers.map(parseHeader));
  if (input.body !== undefined && headers['content-type'] === undefined) {
    headers['content-type'] = 'application/json';
  }
  const { path, body } = input;
  return deps.api.call({ method, path, headers, ...(body === undefined ? {} : { body }) });
}

function parseHeader(header: string): [name: string, value: string] {
  const [, name, value] = /^([A-Za-z0-9-]+):[ \t]*(.*)$/.exec(header) ?? [];
  if (name === undefined || value === undefined) {
    throw notCallable(`the header ${header} has no form Name: value`, '--header "Idempotency-Key: order-1"');
  }
  return [name.toLowerCase(), value];
}

function notCallable(reason: string, example: string): Failure {
  return new Failure({
    code: 'request-not-sendable',
    kind: 'usage',
    message: `Cannot call the Shop API: ${reason}.`,
    nextSteps: [example, 'dp api docs'],
    docs: 'docs/shop-api.md',
  });
}
