import { Failure } from '../std/failure.ts';
import { RAISED } from './plan/bound.ts';

/**
 * What DuckDB raised while it ran planned SQL, in the operator's words: the messages that the plan itself
 * raises are Athena's own, and others are shown as they are, without the generated SQL.
 */
export function explainRaised(said: string, cause: unknown): Failure {
  const own = new RegExp(`${RAISED}(.*?)(?:'|$)`, 's').exec(said)?.[1];
  const first = said.split('\n')[0] ?? said;
  const message = own ?? first.replace(/^[A-Za-z ]+ Error: /, '');
  const isLocal = own?.startsWith('not supported in local') === true;
  return new Failure({
    code: isLocal ? 'query-not-supported-local' : 'query-failed',
    kind: 'failed',
    message: isLocal ? message : `The query failed: ${message.trim()}`,
    nextSteps: [
      'Correct the SQL or the data it reads and run it again.',
      'TRY(…) turns such errors into NULL.',
    ],
    docs: 'docs/sql.md',
    cause,
  });
}
