/** What can go wrong with a tunnel, in the words an operator meets. */
import { Failure, messageOf, type NextSteps } from '../std/failure.ts';
import type { StreamEnd } from './mux.ts';
import type { SessionEnd, SessionEndCode } from './session-events.ts';

const DOCS = 'docs/tunnel.md';

export interface PortTaken {
  readonly address: string;
  readonly port: number;
  /** `mysqld (pid 4711)`, where the system tells. */
  readonly owner?: string | undefined;
}

export function portTaken({ address, port, owner }: PortTaken): Failure {
  return new Failure({
    code: 'port-taken',
    kind: 'unreachable',
    message: `Cannot listen on ${address} port ${port}: ${owner ?? 'another program'} already does.`,
    nextSteps: [
      'Leave --port out to use a free port.',
      `Stop ${owner ?? 'the other program'}, or choose another number with --port.`,
    ],
    docs: DOCS,
  });
}

export function cannotListen(where: string, error: unknown): Failure {
  return new Failure({
    code: 'cannot-listen',
    kind: 'unreachable',
    message: `Cannot listen on ${where}: ${messageOf(error)}.`,
    nextSteps: ['Give an address of this machine with --bind, or leave it out for loopback.'],
    docs: DOCS,
    cause: error,
  });
}

/** A channel's socket could not be opened; the session tries again by itself. */
export function channelUnreachable(host: string, why: string, cause?: unknown): Failure {
  return new Failure({
    code: 'gateway-unreachable',
    kind: 'unreachable',
    message: `Cannot open the session's channel to ${host}: ${why}.`,
    nextSteps: [
      'Check the network, HTTPS_PROXY and NO_PROXY; behind an inspecting proxy set AWS_CA_BUNDLE.',
      'dp doctor',
    ],
    docs: DOCS,
    cause,
  });
}

/** A session end that the owner did not ask for, as the operator should read it. */
export function sessionEnded(target: string, end: SessionEnd): Failure {
  const words = END_WORDS[end.code] ?? { kind: 'failed', why: 'the session cannot go on', nextSteps: [] };
  const notice = end.notice === '' ? '' : ` The service says: ${end.notice}`;
  return new Failure({
    code: `session-${end.code}`,
    kind: words.kind,
    message: `The tunnel to ${target} lost its session: ${words.why}.${notice}`,
    nextSteps: [...words.nextSteps, 'dp db tunnel'],
    docs: DOCS,
  });
}

interface EndWords {
  readonly kind: 'failed' | 'unreachable' | 'temporary' | 'denied' | 'not-ready' | 'timed-out';
  readonly why: string;
  readonly nextSteps: readonly string[];
}

const UPDATE_AGENT = 'Update the SSM agent on the bastion: run the AWS-UpdateSSMAgent document on it.';

const END_WORDS: Partial<Record<SessionEndCode, EndWords>> = {
  'closed-by-service': { kind: 'temporary', why: 'Session Manager ended it', nextSteps: [] },
  'not-resumable': {
    kind: 'temporary',
    why: 'it was away for too long, idle, or at its maximum duration, and cannot be resumed',
    nextSteps: [],
  },
  refused: {
    kind: 'denied',
    why: 'you may not resume it',
    nextSteps: ['Ask for ssm:ResumeSession and ssmmessages:OpenDataChannel on your own sessions.'],
  },
  unreachable: {
    kind: 'unreachable',
    why: 'the gateway could not be reached for an hour',
    nextSteps: ['Check the network.'],
  },
  'handshake-timeout': {
    kind: 'timed-out',
    why: 'the agent on the bastion did not begin it within 30 s',
    nextSteps: ['Check that the bastion runs and its agent is online: dp status'],
  },
  'frames-broken': {
    kind: 'failed',
    why: 'the agent sent bytes that are no multiplexer frames',
    nextSteps: [],
  },
  'agent-silent': {
    kind: 'temporary',
    why: 'the agent on the bastion acknowledged nothing for ten minutes',
    nextSteps: ['Check that the bastion runs: dp status'],
  },
  'message-too-large': {
    kind: 'temporary',
    why: 'the way to the agent does not carry large messages',
    nextSteps: [],
  },
  malformed: {
    kind: 'failed',
    why: 'the agent asked for something dp does not know',
    nextSteps: [UPDATE_AGENT],
  },
  'agent-too-old': {
    kind: 'not-ready',
    why: 'the agent on the bastion is too old to carry more than one connection (dp needs 3.1.1188 or newer)',
    nextSteps: [UPDATE_AGENT],
  },
  encryption: {
    kind: 'failed',
    why: 'its preferences ask for KMS encryption, which Session Manager does not offer for port sessions',
    nextSteps: ['Remove the KMS key from the Session Manager preferences of port sessions.'],
  },
  'not-a-port-session': {
    kind: 'failed',
    why: 'the session document does not start a port session',
    nextSteps: ['Use AWS-StartPortForwardingSessionToRemoteHost.'],
  },
  'not-port-forwarding': {
    kind: 'failed',
    why: 'the session document does not forward a local port',
    nextSteps: ['Use AWS-StartPortForwardingSessionToRemoteHost.'],
  },
};

/** Why one connection ended, or could not begin. */
export function streamFailed(target: string, end: Exclude<StreamEnd, 'closed'>): Failure {
  return new Failure({
    code: `connection-${end}`,
    kind: end === 'no-answer' ? 'timed-out' : end === 'too-slow' ? 'failed' : 'unreachable',
    message: `Cannot carry a connection to ${target}: ${STREAM_WORDS[end]}.`,
    nextSteps: STREAM_STEPS[end],
    docs: DOCS,
  });
}

const STREAM_WORDS: Record<Exclude<StreamEnd, 'closed'>, string> = {
  'dial-failed':
    'the bastion could not connect to it (refused, its name unknown there, or its address changed since the session began)',
  'no-answer':
    'not one byte came within 20 s (a security group that drops the connection, or a database that is starting)',
  'too-slow': 'the local program stopped reading while data kept coming, and its buffer is full',
  'session-lost': 'its session ended',
};

const STREAM_STEPS: Record<Exclude<StreamEnd, 'closed'>, NextSteps> = {
  'dial-failed': ['dp status', 'Check that the database runs and its security group lets the bastion in.'],
  'no-answer': ['Check that the database’s security group lets the bastion in.', 'dp status'],
  'too-slow': ['Read the result faster, or export it with dp query --output.'],
  'session-lost': ['Connect again: the port stays the same.'],
};

export function noSessionReady(target: string, seconds: number): Failure {
  return new Failure({
    code: 'tunnel-not-connected',
    kind: 'temporary',
    message: `Cannot carry a connection to ${target}: the tunnel had no session within ${seconds} s.`,
    nextSteps: ['Wait for the tunnel to say that it reconnected, then connect again.'],
    docs: DOCS,
  });
}

export function noGreeting(target: string, why: string): Failure {
  return new Failure({
    code: 'target-not-mysql',
    kind: 'unreachable',
    message: `The tunnel reaches ${target}, but what answers there is not a MySQL server: ${why}.`,
    nextSteps: ['Check the target: --target writer, reader or proxy.', 'dp status'],
    docs: DOCS,
  });
}
