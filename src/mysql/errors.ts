import { Failure, messageOf } from '../std/failure.ts';
import type { DoorLogin } from './door-login.ts';
import type { ErrorPacket } from './error-packet.ts';

const DOCS = 'docs/passwordless-door.md';

export function databaseUnreachable(target: string, why: string): Failure {
  return new Failure({
    code: 'door-database-unreachable',
    kind: 'unreachable',
    message: `Cannot reach the database ${target}: ${why}.`,
    nextSteps: ['dp status', 'Connect again.'],
    docs: DOCS,
  });
}

export function databaseClosed(target: string): Failure {
  return new Failure({
    code: 'door-database-closed',
    kind: 'unreachable',
    message: `Cannot log in to ${target}: the connection ended before the login was done.`,
    nextSteps: ['dp status', 'Connect again.'],
    docs: DOCS,
  });
}

export function databaseSilent(target: string, seconds: number): Failure {
  return new Failure({
    code: 'door-database-silent',
    kind: 'timed-out',
    message: `Cannot log in to ${target}: no answer for ${seconds} seconds.`,
    nextSteps: ['dp status', 'Connect again: a paused Aurora needs a while to wake up.'],
    docs: DOCS,
  });
}

export function databaseMalformed(target: string, error: unknown): Failure {
  return new Failure({
    code: 'door-database-malformed',
    kind: 'failed',
    message: `Cannot log in to ${target}: what answers there is not a MySQL server dp knows (${messageOf(error)}).`,
    nextSteps: ['Check the endpoint and its port: dp status', 'dp db tunnel --raw'],
    docs: DOCS,
    cause: error,
  });
}

/** The database said no before or after the login, in its own words. */
export function databaseRefused(target: string, error: ErrorPacket): Failure {
  return new Failure({
    code: 'door-database-refused',
    kind: 'failed',
    message: `${target} refused the connection: ${error.message} (${error.number}).`,
    nextSteps: ['dp status'],
    docs: DOCS,
  });
}

const CREDENTIAL_WORDS = {
  'iam-token': 'the IAM token of',
  secret: 'the current secret of',
  'generated-password': 'the generated password of',
} as const satisfies Record<DoorLogin['credential'], string>;

const CREDENTIAL_STEPS = {
  'iam-token': 'Check that the user is one for IAM tokens, and that you may rds-db:connect as it.',
  secret: 'Look whether the secret and the database agree: dp secrets list',
  'generated-password': 'dp deploy --env local',
} as const satisfies Record<DoorLogin['credential'], string>;

export function loginDenied(target: string, login: DoorLogin, error: ErrorPacket): Failure {
  return new Failure({
    code: 'door-login-denied',
    kind: 'denied',
    message: `${target} refused ${CREDENTIAL_WORDS[login.credential]} ${login.user}: ${error.message}.`,
    nextSteps: [CREDENTIAL_STEPS[login.credential]],
    docs: DOCS,
  });
}

export function pluginUnsupported(target: string, plugin: string, user: string): Failure {
  return new Failure({
    code: 'door-plugin-unsupported',
    kind: 'configuration',
    message: `Cannot log in to ${target} as ${user}: the user's authentication plugin is ${plugin}, which dp does not speak.`,
    nextSteps: [
      'Log in as a user of mysql_native_password, caching_sha2_password or IAM.',
      'dp db tunnel --raw',
    ],
    docs: DOCS,
  });
}

/** The server wants the password itself, and the way there does not keep it secret. */
export function clearPasswordRefused(target: string, plugin: string): Failure {
  return new Failure({
    code: 'door-clear-password-refused',
    kind: 'denied',
    message: `Did not log in to ${target}: ${plugin} wants the password itself, and the connection has no verified TLS.`,
    nextSteps: ['Turn on TLS for the database, or use a user of another plugin.'],
    docs: DOCS,
  });
}

export function tlsNotOffered(target: string): Failure {
  return new Failure({
    code: 'door-tls-not-offered',
    kind: 'denied',
    message: `Did not log in to ${target}: it offers no TLS, and dp sends no credentials without it.`,
    nextSteps: ['Check that the endpoint is the database itself: dp status'],
    docs: DOCS,
  });
}

export function tlsNameMismatch(target: string, serverName: string, error: unknown): Failure {
  return new Failure({
    code: 'door-tls-name-mismatch',
    kind: 'denied',
    message: `Did not log in to ${target}: its TLS certificate is not for ${serverName}.`,
    nextSteps: ['Check that the endpoint leads to the right database: dp status'],
    docs: DOCS,
    cause: error,
  });
}

export function tlsRefused(target: string, error: unknown): Failure {
  return new Failure({
    code: 'door-tls-refused',
    kind: 'denied',
    message: `Did not log in to ${target}: its TLS certificate cannot be trusted (${messageOf(error)}).`,
    nextSteps: ['Check the authority that signed it, and this machine’s clock.'],
    docs: DOCS,
    cause: error,
  });
}

/** The credentials themselves could not be had: not signed in, secret not readable. */
export function loginUnavailable(target: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure({
    code: 'door-login-unavailable',
    kind: 'denied',
    message: `Cannot get credentials for ${target}: ${messageOf(error)}.`,
    nextSteps: ['dp status', 'Sign in to AWS again.'],
    docs: DOCS,
    cause: error,
  });
}

export function localPasswordWrong(): Failure {
  return new Failure({
    code: 'door-local-password-wrong',
    kind: 'denied',
    message: 'Access denied: this port asks for the password that dp showed when it opened the tunnel.',
    nextSteps: ['Use that password, or open a new tunnel.'],
    docs: DOCS,
  });
}

export function clientMalformed(error: unknown): Failure {
  return new Failure({
    code: 'door-client-malformed',
    kind: 'usage',
    message: `The client does not speak a MySQL handshake dp understands (${messageOf(error)}).`,
    nextSteps: ['Use a MySQL client, or dp db tunnel --raw.'],
    docs: DOCS,
    cause: error,
  });
}

export function clientWantsTls(): Failure {
  return new Failure({
    code: 'door-client-wants-tls',
    kind: 'usage',
    message:
      'This local port has no TLS of its own: it is on this machine, and dp encrypts the way to the database.',
    nextSteps: ['Turn TLS off in the client: --skip-ssl, --ssl-mode=DISABLED, sslMode=DISABLED.'],
    docs: DOCS,
  });
}

export function clientSilent(seconds: number): Failure {
  return new Failure({
    code: 'door-client-silent',
    kind: 'timed-out',
    message: `The client did not finish its handshake within ${seconds} seconds.`,
    nextSteps: ['Connect again.'],
    docs: DOCS,
  });
}

export function tooManyHandshakes(most: number): Failure {
  return new Failure({
    code: 'door-too-many-handshakes',
    kind: 'temporary',
    message: `Too many connections: ${most} are logging in at this moment.`,
    nextSteps: ['Connect again in a moment.'],
    docs: DOCS,
  });
}

export function changeUserWhileBusy(): Failure {
  return new Failure({
    code: 'door-change-user-busy',
    kind: 'usage',
    message: 'Cannot change the user while another command of this connection is still being answered.',
    nextSteps: ['Wait for the answer before changing the user.'],
    docs: DOCS,
  });
}
