import type { ConsumerCheck } from '../platform/secrets.ts';
import { Failure } from '../std/failure.ts';

const DOCS = 'docs/secrets.md';

export function unknownSecret(input: { name: string; names: readonly string[] }): Failure {
  return new Failure({
    code: 'unknown-secret',
    kind: 'usage',
    message: `There is no secret \`${input.name}\`. There are: ${input.names.join(', ')}.`,
    nextSteps: ['dp secrets list'],
    docs: DOCS,
  });
}

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

export function nothingToRollBackTo(input: { name: string }): Failure {
  return new Failure({
    code: 'no-previous-secret',
    kind: 'usage',
    message: `Cannot roll back the secret ${input.name}: it has no previous version.`,
    nextSteps: [`dp secrets history ${input.name}`, `dp secrets rotate ${input.name}`],
    docs: DOCS,
  });
}

/** The password that worked before is in the database again, and still the current one. */
export function rotationFailed(input: {
  name: string;
  step: string;
  words: string;
  consumers: readonly ConsumerCheck[];
  cause: unknown;
}): Failure {
  const states = input.consumers.map(
    ({ consumer, ok, detail }) => `${consumer}: ${ok ? 'works' : 'does not work'} (${detail})`,
  );
  return new Failure({
    code: 'rotation-failed',
    kind: 'failed',
    message:
      `Cannot rotate the secret ${input.name}: the step ${input.step} failed, ${input.words}. ` +
      `The password before it was restored in the database and is the current one. ${states.join('; ')}.`,
    nextSteps: [`dp secrets rotate ${input.name}`, 'dp doctor'],
    docs: DOCS,
    cause: input.cause,
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

export function oldPasswordAccepted(input: { name: string }): Failure {
  return new Failure({
    code: 'old-password-accepted',
    kind: 'failed',
    message: `The secret ${input.name} was rotated, but the database still takes the old password.`,
    nextSteps: [`dp secrets rotate ${input.name}`],
    docs: DOCS,
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
