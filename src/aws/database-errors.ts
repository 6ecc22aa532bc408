/** What can go wrong between the door of a tunnel and Aurora, in an operator's words. */
import type { SessionFailures } from '../platform/database.ts';
import { Failure } from '../std/failure.ts';

const DOCS = 'docs/tunnel.md';

export function masterSecretMissing(cluster: string): Failure {
  return new Failure({
    code: 'master-secret-missing',
    kind: 'not-ready',
    message: `Cannot log in as admin: RDS keeps no secret with the master password of ${cluster}.`,
    nextSteps: ['dp deploy', 'dp status'],
    docs: DOCS,
  });
}

/** For the SQL session: what Aurora and the door answer. `environment` is the one that is worked on. */
export function sessionFailuresOn(environment: string): SessionFailures {
  const words = (about: { code: string; message: string; nextSteps: [string, ...string[]] }) => ({
    ...about,
    docs: DOCS,
  });
  return {
    loginRefused: ({ words: said, cause }) =>
      new Failure({
        ...words({
          code: 'database-login-refused',
          message: `The database of ${environment} refused the login: ${ended(said)}`,
          nextSteps: [`dp db init --env ${environment}`, `dp doctor --env ${environment}`],
        }),
        kind: 'denied',
        cause,
      }),
    tooManyConnections: ({ cause }) =>
      new Failure({
        ...words({
          code: 'database-busy',
          message: `Cannot log in to the database of ${environment}: all its connections are taken.`,
          nextSteps: ['Close other sessions, then run the command again.'],
        }),
        kind: 'temporary',
        cause,
      }),
    diskFull: ({ cause }) =>
      new Failure({
        ...words({
          code: 'disk-full',
          message: `The database of ${environment} has no space left for this statement.`,
          nextSteps: ['Give the statement less to sort or copy.', `dp status --env ${environment}`],
        }),
        kind: 'failed',
        cause,
      }),
    databaseLost: ({ words: said, cause }) =>
      new Failure({
        ...words({
          code: 'database-unreachable',
          message: `The connection to the database of ${environment} was lost: ${ended(said)}`,
          nextSteps: ['Run the command again.', `dp status --env ${environment}`],
        }),
        kind: 'unreachable',
        cause,
      }),
  };
}

function ended(sentence: string): string {
  return `${sentence.replace(/\.$/, '')}.`;
}
