import { Failure, messageOf } from '../std/failure.ts';

const DOCS = 'docs/passwordless-door.md';

/** The credentials that sign are not there or over; signing itself asks nobody. */
export function tokenNotSigned(
  login: { readonly host: string; readonly user: string },
  error: unknown,
): Failure {
  return new Failure({
    code: 'iam-token-not-signed',
    kind: 'denied',
    message: `Cannot sign an IAM token for ${login.user} at ${login.host}: ${messageOf(error)}.`,
    nextSteps: ['Sign in to AWS again: aws sso login'],
    docs: DOCS,
    cause: error,
  });
}

const REASONS: Readonly<Record<string, string>> = {
  AccessDeniedException: 'you may not secretsmanager:GetSecretValue on it, or not use its key',
  ResourceNotFoundException: 'there is no such secret, or it has no current value',
  DecryptionFailure: 'its key cannot be used',
  InvalidRequestException: 'it is about to be deleted',
};

export function secretUnreadable(secret: string, error: unknown): Failure {
  const name = error instanceof Error ? error.name : '';
  return new Failure({
    code: 'secret-unreadable',
    kind: name in REASONS ? 'denied' : 'unreachable',
    message: `Cannot read the secret ${secret}: ${REASONS[name] ?? messageOf(error)}.`,
    nextSteps: ['dp secrets list', 'Sign in to AWS again: aws sso login'],
    docs: DOCS,
    cause: error,
  });
}

/** Says nothing of what is in it. */
export function secretMalformed(secret: string): Failure {
  return new Failure({
    code: 'secret-malformed',
    kind: 'configuration',
    message: `The secret ${secret} does not hold a database login: JSON with username and password is wanted.`,
    nextSteps: ['dp secrets list'],
    docs: DOCS,
  });
}
