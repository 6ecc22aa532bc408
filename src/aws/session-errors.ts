/** What Session Manager refuses, in an operator's words. */
import { Failure, messageOf } from '../std/failure.ts';

const DOCS = 'docs/tunnel.md';

export interface SessionCall {
  /** What could not be done: `start a session on the bastion i-0a1`. */
  readonly what: string;
  /** The permission it takes: `ssm:StartSession`. */
  readonly permission: string;
  /** What signs in again. */
  readonly signInCommand: string;
}

const EXPIRED = /Expired|InvalidClientTokenId|UnrecognizedClient|CredentialsProvider|InvalidGrant/u;
const DENIED = /AccessDenied|NotAuthorized|UnauthorizedOperation|Forbidden/u;
const THROTTLED = /Throttl|TooManyRequests|LimitExceeded/u;
const NETWORK = /ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|TimeoutError|socket hang up/u;

/** Maps what the SDK threw. A failure passes through. */
export function sessionCallFailed(error: unknown, call: SessionCall): Failure {
  if (error instanceof Failure) return error;
  const name = error instanceof Error ? error.name : '';
  const why = messageOf(error);
  const words = { message: `Cannot ${call.what}: ${why}.`.replace(/\.\.$/u, '.'), docs: DOCS, cause: error };
  if (name === 'TargetNotConnected') return bastionOffline(call.what, why, error);
  if (name === 'DoesNotExistException')
    return new Failure({ ...words, code: 'session-gone', kind: 'temporary', nextSteps: ['dp db tunnel'] });
  if (EXPIRED.test(name) || /expired/iu.test(why))
    return new Failure({ ...words, code: 'not-signed-in', kind: 'denied', nextSteps: [call.signInCommand] });
  if (DENIED.test(name)) {
    return new Failure({
      ...words,
      code: 'not-allowed',
      kind: 'denied',
      nextSteps: [`Ask for the permission ${call.permission}.`, 'dp doctor'],
    });
  }
  if (THROTTLED.test(name))
    return new Failure({
      ...words,
      code: 'throttled',
      kind: 'temporary',
      nextSteps: ['Try again in a minute.'],
    });
  if (NETWORK.test(`${name} ${why}`)) {
    return new Failure({
      ...words,
      code: 'aws-unreachable',
      kind: 'unreachable',
      nextSteps: ['Check the network, HTTPS_PROXY, NO_PROXY and AWS_CA_BUNDLE.'],
    });
  }
  return new Failure({ ...words, code: 'session-call-failed', kind: 'failed', nextSteps: ['dp doctor'] });
}

function bastionOffline(what: string, why: string, cause: unknown): Failure {
  return new Failure({
    code: 'bastion-offline',
    kind: 'not-ready',
    message: `Cannot ${what}: the bastion is not connected to Session Manager (${why}).`,
    nextSteps: ['dp status', 'Wait a minute after a start, or restart the bastion.'],
    docs: DOCS,
    cause,
  });
}

export function bastionMissing(name: string): Failure {
  return new Failure({
    code: 'bastion-missing',
    kind: 'not-ready',
    message: `Cannot open a tunnel: there is no running bastion named ${name}.`,
    nextSteps: ['dp status', 'dp deploy creates it; a stopped one must be started.'],
    docs: DOCS,
  });
}

export function bastionNotOnline(id: string, status: string): Failure {
  return new Failure({
    code: 'bastion-offline',
    kind: 'not-ready',
    message: `Cannot open a tunnel: the agent on the bastion ${id} is ${status}.`,
    nextSteps: [
      'Wait a minute after a start.',
      'Check that the bastion’s role and network let it reach Systems Manager.',
    ],
    docs: DOCS,
  });
}

export function bastionAgentTooOld(id: string, version: string): Failure {
  return new Failure({
    code: 'bastion-agent-too-old',
    kind: 'not-ready',
    message: `Cannot open a tunnel: the agent on the bastion ${id} is ${version}; forwarding to another host needs 3.1.1188.0 or newer.`,
    nextSteps: ['Run the document AWS-UpdateSSMAgent on the bastion.'],
    docs: DOCS,
  });
}

export function targetMissing(name: string, resource: string): Failure {
  return new Failure({
    code: 'target-missing',
    kind: 'not-ready',
    message: `Cannot open a tunnel to the ${name}: ${resource} has no endpoint for it.`,
    nextSteps: ['Choose another --target: writer, reader or proxy.', 'dp status'],
    docs: DOCS,
  });
}

export function sessionGone(sessionId: string): Failure {
  return new Failure({
    code: 'session-gone',
    kind: 'temporary',
    message: `Cannot resume session ${sessionId}: Session Manager has ended it.`,
    nextSteps: ['dp db tunnel'],
    docs: DOCS,
  });
}

export function strangeStreamUrl(host: string): Failure {
  return new Failure({
    code: 'stream-url-refused',
    kind: 'failed',
    message: `Cannot open the session’s channel: ${host} is no Session Manager endpoint, and dp sends no credentials there.`,
    nextSteps: [
      'For a PrivateLink endpoint set AWS_ENDPOINT_URL_SSMMESSAGES to its wss:// or https:// address.',
    ],
    docs: DOCS,
  });
}
