/** What can go wrong with a secret on AWS only. */
import { Failure } from '../std/failure.ts';

const DOCS = 'docs/secrets.md';

/** The user logs in with an IAM token that is signed for every connection. */
export function secretWithoutPassword(name: string): Failure {
  return new Failure({
    code: 'secret-without-password',
    kind: 'usage',
    message: `${name} logs in by IAM on AWS: there is no password to show, rotate or schedule.`,
    nextSteps: ['dp db tunnel logs you in as it.', 'dp secrets list'],
    docs: DOCS,
  });
}

/** RDS made the master password and rotates it; nothing of the platform logs in with it. */
export function secretOfRds(input: {
  name: string;
  cluster: string;
  schedule: boolean;
  secret: string;
}): Failure {
  const { name, cluster, schedule, secret } = input;
  return new Failure({
    code: 'secret-of-rds',
    kind: 'usage',
    message: `${name} belongs to RDS, which made its password and rotates it by itself; dp only shows it.`,
    nextSteps: [
      schedule
        ? `aws secretsmanager rotate-secret --secret-id ${secret} --no-rotate-immediately --rotation-rules AutomaticallyAfterDays=7`
        : `aws rds modify-db-cluster --db-cluster-identifier ${cluster} --rotate-master-user-password --apply-immediately`,
      'dp secrets rotate etl_reader',
    ],
    docs: DOCS,
  });
}

/** The database takes no version of the secret: somebody set another password, or the user is not there. */
export function noPasswordWorks(input: { name: string; username: string }): Failure {
  return new Failure({
    code: 'no-password-works',
    kind: 'denied',
    message:
      `The database takes none of the passwords that the secret ${input.name} has or had for ${input.username}, ` +
      'so dp cannot set one.',
    nextSteps: [
      'dp db init creates the user, where it is missing.',
      `As the admin: DROP USER '${input.username}'@'%', then dp db init.`,
    ],
    docs: DOCS,
  });
}

/** There is a secret, and nothing is in it. */
export function secretUnset(input: { name: string }): Failure {
  return new Failure({
    code: 'secret-unset',
    kind: 'not-ready',
    message: `The secret ${input.name} has no current value.`,
    nextSteps: ['dp deploy makes one.', `dp secrets history ${input.name}`],
    docs: DOCS,
  });
}

/** Not even the old password could be put back: whoever reads the secret may be refused until it is. */
export function rotationNotRestored(input: {
  name: string;
  step: string;
  words: string;
  why: string;
  cause: unknown;
}): Failure {
  const { name, step, words, why, cause } = input;
  return new Failure({
    code: 'rotation-not-restored',
    kind: 'failed',
    message:
      `Cannot rotate the secret ${name}: the step ${step} failed, ${words}. The password before it could not be put ` +
      `back either: ${why} Whoever reads the secret may be refused by the database.`,
    nextSteps: [`dp doctor --fix tries to put it back again.`, `dp secrets rotate ${name}`],
    docs: DOCS,
    cause,
  });
}

/** There is no secret of that name: the stack that makes it is not there. */
export function secretMissing(input: { name: string; secret: string; cause: unknown }): Failure {
  return new Failure({
    code: 'secret-missing',
    kind: 'not-ready',
    message: `The secret ${input.secret} of ${input.name} does not exist: the platform is not deployed, or was destroyed.`,
    nextSteps: ['dp deploy', 'dp status'],
    docs: DOCS,
    cause: input.cause,
  });
}
