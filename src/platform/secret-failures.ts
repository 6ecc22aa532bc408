/** What can go wrong with a secret in any environment. */
import { Failure } from '../std/failure.ts';
import type { ConsumerCheck } from './secrets.ts';

const DOCS = 'docs/secrets.md';
const STATES = { verified: 'works', failed: 'does not work', unproven: 'could not be tried' } as const;

export function unknownSecret(input: { name: string; names: readonly string[] }): Failure {
  return new Failure({
    code: 'unknown-secret',
    kind: 'usage',
    message: `There is no secret \`${input.name}\`. There are: ${input.names.join(', ')}.`,
    nextSteps: ['dp secrets list'],
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
    ({ consumer, outcome, detail }) => `${consumer}: ${STATES[outcome]} (${detail})`,
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

export function oldPasswordAccepted(input: { name: string }): Failure {
  return new Failure({
    code: 'old-password-accepted',
    kind: 'failed',
    message: `The secret ${input.name} was rotated, but the database still takes the old password.`,
    nextSteps: [`dp secrets rotate ${input.name}`],
    docs: DOCS,
  });
}
