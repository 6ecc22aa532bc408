import { Failure } from '../std/failure.ts';

const DOCS = 'docs/query.md';

export function noDetach(): Failure {
  return new Failure({
    code: 'not-available-local',
    kind: 'usage',
    message: 'Cannot detach from a query in local: it runs inside dp and ends with it.',
    nextSteps: ['Leave --detach out.', 'Run it in the background: dp query --output result.csv … &'],
    docs: DOCS,
  });
}

export function queryUnknown(id: string): Failure {
  return new Failure({
    code: 'query-unknown',
    kind: 'failed',
    message: `There is no query ${id} in the history of local.`,
    nextSteps: ['dp query history'],
    docs: DOCS,
  });
}

export function queryNotRunning(id: string): Failure {
  return new Failure({
    code: 'query-not-running',
    kind: 'failed',
    message: `Cannot cancel ${id}: it has ended. A query in local runs inside dp, and Ctrl-C there stops it.`,
    nextSteps: ['dp query history'],
    docs: DOCS,
  });
}

export function resultNotKept(id: string, reason: string | undefined): Failure {
  const why = reason ?? 'its rows were too many to keep, were not read to the end, or went to a Parquet file';
  return new Failure({
    code: 'result-not-kept',
    kind: 'failed',
    message: `There is no result of ${id}: ${why.replace(/\.$/, '')}.`,
    nextSteps: [`dp query show ${id} prints its SQL, to run it again.`],
    docs: DOCS,
  });
}

export function savedNameRefused(name: string): Failure {
  return new Failure({
    code: 'saved-name-refused',
    kind: 'usage',
    message: `Cannot save a query as \`${name}\`: names have letters, digits, spaces, dots, hyphens and underscores, at most 128.`,
    nextSteps: ['dp query save daily-sales "SELECT …"'],
    docs: DOCS,
  });
}

export function parametersRefused(problem: string): Failure {
  return new Failure({
    code: 'parameters-refused',
    kind: 'usage',
    message: `Cannot run the query: ${problem}.`,
    nextSteps: [`dp query "SELECT ?" --param "'text'" --param 5, one --param for each ?`],
    docs: DOCS,
  });
}
