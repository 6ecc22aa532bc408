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
  if (own === undefined && UNPLANNED.test(said)) return unplanned(first, cause);
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

/** DuckDB refusing the planned SQL itself: a combination that local cannot run, whatever the data. */
const UNPLANNED = /^(?:Binder|Parser|Catalog|Not implemented|INTERNAL) Error/i;

function unplanned(said: string, cause: unknown): Failure {
  return new Failure({
    code: 'query-not-supported-local',
    kind: 'failed',
    message: `not supported in local: this combination of clauses (DuckDB says: ${said.replace(/^[A-Za-z ]+ Error: /, '')})`,
    nextSteps: ['Run it on Athena: dp query --env staging …', 'Split the query with WITH and try again.'],
    docs: 'docs/sql.md',
    cause,
  });
}
