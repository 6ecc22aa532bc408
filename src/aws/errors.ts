import { Failure, messageOf } from '../std/failure.ts';

const DOCS = 'docs/aws.md';

/** Nobody is signed in. `command` is what signs this profile in. */
export function notSignedIn(input: {
  profile: string | undefined;
  why: string;
  command: string;
  cause?: unknown;
}) {
  const whom = input.profile === undefined ? 'AWS' : `AWS with the profile \`${input.profile}\``;
  return new Failure({
    code: 'not-signed-in',
    kind: 'denied',
    message: `Cannot sign in to ${whom}: ${input.why}.`,
    nextSteps: [input.command, 'dp config explain shows which profile is used and why.'],
    docs: DOCS,
    cause: input.cause,
  });
}

export function wrongAccount(input: {
  environment: string;
  expected: string;
  actual: string;
  profile: string | undefined;
}) {
  const by = input.profile === undefined ? 'The credentials in use' : `The profile \`${input.profile}\``;
  return new Failure({
    code: 'wrong-account',
    kind: 'denied',
    message:
      `${by} belong${input.profile === undefined ? '' : 's'} to the account ${input.actual}, and the environment ` +
      `\`${input.environment}\` may only touch ${input.expected}. Nothing was sent.`,
    nextSteps: [
      `Sign in to ${input.expected}: add --profile NAME, or set environments.${input.environment}.profile.`,
      'dp config explain',
    ],
    docs: DOCS,
  });
}

export interface AwsCall {
  /** What could not be done: `start the query`. */
  readonly what: string;
  /** What signs in, for credentials that have run out. */
  readonly signInCommand: string;
  readonly region: string;
}

/** What the SDK threw as a failure in dp's words. Failures, and aborts, pass through. */
export function awsFailure(error: unknown, call: AwsCall): unknown {
  if (error instanceof Failure || isAbort(error)) return error;
  const name = nameOf(error);
  const said = messageOf(error).replace(/\.$/, '');
  const failure = (code: string, kind: Failure['kind'], ...nextSteps: [string, ...string[]]): Failure =>
    new Failure({
      code,
      kind,
      message: `Cannot ${call.what}: ${said}.`,
      nextSteps,
      docs: DOCS,
      cause: error,
    });
  if (EXPIRED.test(name) || /expired|security token .* invalid/i.test(said))
    return failure('not-signed-in', 'denied', call.signInCommand);
  if (DENIED.test(name) || statusOf(error) === 403)
    return failure(
      'not-allowed',
      'denied',
      'Ask for the permission that the message names.',
      call.signInCommand,
    );
  if (isThrottled(error)) return failure('throttled', 'temporary', 'Wait a minute, then run it again.');
  if (isUnreachable(error))
    return failure('aws-unreachable', 'unreachable', `Check the network and the region (${call.region}).`);
  if ((statusOf(error) ?? 0) >= 500)
    return failure('aws-failed', 'temporary', 'Run it again in a minute: AWS had a fault of its own.');
  return failure('aws-refused', 'failed', 'Correct what the message names, then run it again.');
}

const EXPIRED =
  /^(ExpiredToken(Exception)?|RequestExpired|InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException)$/;
const DENIED =
  /^(AccessDenied(Exception)?|AuthorizationError|UnauthorizedOperation|Forbidden|KMSAccessDeniedException)$/;

export function isThrottled(error: unknown): boolean {
  return /^(Throttling(Exception)?|TooManyRequestsException|RequestLimitExceeded|SlowDown|TooManyRequests)$/.test(
    nameOf(error),
  );
}

/** The account's queue is full: waiting helps, asking quickly again does not. */
export function isQueueFull(error: unknown): boolean {
  return (
    nameOf(error) === 'TooManyRequestsException' &&
    (error as { Reason?: string }).Reason === 'CONCURRENT_QUERY_LIMIT_EXCEEDED'
  );
}

/** The network failed, as opposed to the service answering no. */
export function isUnreachable(error: unknown): boolean {
  const code = (error as { code?: string } | undefined)?.code ?? '';
  if (/^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH)$/.test(code))
    return true;
  return (
    /^(TimeoutError|NetworkingError)$/.test(nameOf(error)) ||
    /socket hang up|aborted$/i.test(messageOf(error))
  );
}

export function isAbort(error: unknown): boolean {
  return nameOf(error) === 'AbortError';
}

export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}
