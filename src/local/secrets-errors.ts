import { Failure } from '../std/failure.ts';

const DOCS = 'docs/secrets.md';

export function secretUnreadable(input: { path: string }): Failure {
  return new Failure({
    code: 'secret-unreadable',
    kind: 'failed',
    message: `Cannot read the secret in ${input.path}: it is not what dp writes there.`,
    nextSteps: [
      `Delete it, and dp makes a new password: rm ${input.path} && dp deploy`,
      'The admin’s cannot be made anew: dp destroy --confirm local && dp deploy',
    ],
    docs: DOCS,
  });
}

/** Not even the old password could be put back. The next rotation tries again with the admin's login. */
export function rotationNotRestored(input: { name: string; words: string; cause: unknown }): Failure {
  return new Failure({
    code: 'rotation-not-restored',
    kind: 'failed',
    message:
      `Rotating the secret ${input.name} failed, and the database could not be asked to take the old password ` +
      `only: ${input.words}. The current secret is still one that it takes.`,
    nextSteps: ['dp doctor --fix', `dp secrets rotate ${input.name}`],
    docs: DOCS,
    cause: input.cause,
  });
}

/** None of the passwords in the admin's file is one that the database takes. */
export function adminLockedOut(input: { path: string; cause: unknown }): Failure {
  return new Failure({
    code: 'admin-locked-out',
    kind: 'denied',
    message: `Cannot change passwords: the database takes none of the admin's passwords in ${input.path}.`,
    nextSteps: [
      'Put the file back from a backup.',
      'Or start over, losing the data: dp destroy --confirm local && dp deploy',
    ],
    docs: DOCS,
    cause: input.cause,
  });
}
