/** One thing that is wrong with a request. `path` points at it: `body.items.0.quantity`, `query.limit`. */
export interface ProblemDetail {
  readonly path: string;
  readonly message: string;
}

export interface ProblemWords {
  readonly status: 400 | 404 | 405 | 409 | 413 | 415 | 421 | 500 | 503 | 504;
  /** Stable, kebab-case, for programs: `out-of-stock`. */
  readonly code: string;
  /** The kind of problem in a few words, the same every time. */
  readonly title: string;
  /** What was wrong this time. */
  readonly detail: string;
  readonly errors?: readonly ProblemDetail[];
  /** When trying again makes sense. */
  readonly retryAfterSeconds?: number;
  readonly allow?: string;
  readonly cause?: unknown;
}

/** What a client of the Shop API is told, as RFC 9457 problem details. Anything else that is thrown is a bug: 500. */
export class Problem extends Error {
  override readonly name: string = 'Problem';
  readonly words: ProblemWords;

  constructor(words: ProblemWords) {
    super(words.detail, words.cause === undefined ? {} : { cause: words.cause });
    this.words = words;
  }
}

export const PROBLEM_TYPE = 'application/problem+json';

export function problemResponse(words: ProblemWords, requestId: string): Response {
  const { status, code, title, detail, errors } = words;
  const body = { type: 'about:blank', title, status, detail, code, requestId, ...(errors ? { errors } : {}) };
  const headers = new Headers({ 'content-type': PROBLEM_TYPE });
  if (words.retryAfterSeconds !== undefined) headers.set('retry-after', String(words.retryAfterSeconds));
  if (words.allow !== undefined) headers.set('allow', words.allow);
  return new Response(JSON.stringify(body), { status, headers });
}
