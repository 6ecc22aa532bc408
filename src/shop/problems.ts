import { Problem, type ProblemDetail } from './problem.ts';

const RETRY_AFTER_SECONDS = 2;

export function requestInvalid(errors: readonly ProblemDetail[]): Problem {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new Problem({
    status: 400,
    code: 'request-invalid',
    title: 'The request is not valid',
    detail: first === undefined ? 'The request is not valid.' : `${first.path}: ${first.message}${more}`,
    errors,
  });
}

export function bodyNotJson(reason: string): Problem {
  return requestInvalid([{ path: 'body', message: `is not JSON: ${reason}` }]);
}

export function contentTypeWrong(found: string | undefined): Problem {
  return new Problem({
    status: 415,
    code: 'content-type-unsupported',
    title: 'The body has the wrong type',
    detail: `The body must be application/json, not ${found ?? 'untyped'}.`,
  });
}

export function bodyTooLarge(bytesMax: number): Problem {
  return new Problem({
    status: 413,
    code: 'body-too-large',
    title: 'The body is too large',
    detail: `The body may have at most ${bytesMax} bytes.`,
  });
}

export function notFound(what: 'product' | 'customer' | 'order', id: number): Problem {
  return new Problem({
    status: 404,
    code: `${what}-not-found`,
    title: `There is no such ${what}`,
    detail: `There is no ${what} ${id}.`,
  });
}

export function pathNotFound(): Problem {
  return new Problem({
    status: 404,
    code: 'path-not-found',
    title: 'There is nothing here',
    detail: 'There is nothing at this path. GET /openapi.json lists what there is.',
  });
}

export function methodNotAllowed(allow: string): Problem {
  return new Problem({
    status: 405,
    code: 'method-not-allowed',
    title: 'The method is not allowed here',
    detail: `This path allows ${allow}.`,
    allow,
  });
}

export function emailTaken(): Problem {
  return new Problem({
    status: 409,
    code: 'email-taken',
    title: 'The e-mail address belongs to another customer',
    detail: 'Another customer has this e-mail address.',
  });
}

export function productInactive(id: number): Problem {
  return new Problem({
    status: 409,
    code: 'product-inactive',
    title: 'The product is not for sale',
    detail: `Product ${id} is not for sale.`,
  });
}

export function outOfStock(words: { id: number; wanted: number; stock: number }): Problem {
  return new Problem({
    status: 409,
    code: 'out-of-stock',
    title: 'There is not enough in stock',
    detail: `Product ${words.id} has ${words.stock} in stock; ${words.wanted} were ordered.`,
  });
}

export function orderTooLarge(): Problem {
  return new Problem({
    status: 409,
    code: 'order-too-large',
    title: 'The order is too large',
    detail: 'The order costs more than can be recorded (999999999999.99).',
  });
}

export function statusChangeRefused(from: string, to: string): Problem {
  return new Problem({
    status: 409,
    code: 'status-change-refused',
    title: 'The order cannot take this status',
    detail: `An order that is ${from} cannot become ${to}.`,
  });
}

export function idempotencyKeyReused(): Problem {
  return new Problem({
    status: 409,
    code: 'idempotency-key-reused',
    title: 'The Idempotency-Key was used for another request',
    detail: 'This Idempotency-Key belongs to another request. Use a new key for a new order.',
  });
}

/** The database is away, restarting or overloaded. Nothing was changed, unless the loss came in the very commit. */
export function storeUnavailable(cause: unknown): Problem {
  return new Problem({
    status: 503,
    code: 'temporarily-unavailable',
    title: 'The shop cannot answer at the moment',
    detail: 'The shop cannot reach its database at the moment. Try again, with the same Idempotency-Key.',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
}

export function tooSlow(timeoutMs: number): Problem {
  return new Problem({
    status: 504,
    code: 'timed-out',
    title: 'The shop took too long',
    detail: `The shop had no answer within ${timeoutMs} ms. Try again, with the same Idempotency-Key.`,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

export function hostRefused(): Problem {
  return new Problem({
    status: 421,
    code: 'host-refused',
    title: 'This server does not answer for that host',
    detail: 'The local Shop API answers for localhost only.',
  });
}

export function internalError(): Problem {
  return new Problem({
    status: 500,
    code: 'internal-error',
    title: 'Something went wrong in the shop',
    detail: 'The request could not be answered because of an error in the shop. Its log has the request id.',
  });
}
