import { Failure } from '../std/failure.ts';

const DOCS = 'docs/sql.md';

export function onlyCrawled(table: string): Failure {
  return new Failure({
    code: 'table-only-crawled',
    kind: 'failed',
    message: `Cannot read ${table}: a crawler has written down what it looks like, and its rows are not in the lake.`,
    nextSteps: ['dp db exec "SELECT …"  (reads the database)', 'dp catalog list'],
    docs: DOCS,
  });
}

export function preparedStatementMissing(name: string): Failure {
  return new Failure({
    code: 'prepared-statement-missing',
    kind: 'failed',
    message: `There is no prepared statement ${name}.`,
    nextSteps: [`PREPARE ${name} FROM SELECT …`],
    docs: DOCS,
  });
}

export function onlyQueriesToFile(): Failure {
  return new Failure({
    code: 'query-invalid',
    kind: 'usage',
    message: 'Only the rows of a query can be written to a Parquet file; this statement is none.',
    nextSteps: ['Use another format: --format csv', 'UNLOAD (SELECT …) TO writes files as well.'],
    docs: DOCS,
  });
}

export function tableIsPublished(table: string, what: string): Failure {
  return new Failure({
    code: 'table-is-published',
    kind: 'denied',
    message: `Cannot ${what} ${table}: it is a published table of the lake, which dp etl alone writes. Nothing was changed.`,
    nextSteps: [
      'dp etl run --date DAY loads a day of it.',
      `CREATE TABLE my_${table.split('.').at(-1) ?? 'copy'} AS SELECT … makes a table of your own.`,
    ],
    docs: DOCS,
  });
}

/** The catalog does not hold what the statement needs, or already holds it. */
export function catalogRefuses(why: string, nextStep: string): Failure {
  return new Failure({
    code: 'catalog-refuses',
    kind: 'failed',
    message: `${why} Nothing was changed.`,
    nextSteps: [nextStep],
    docs: DOCS,
  });
}

export function notAFolderHere(location: string): Failure {
  return new Failure({
    code: 'query-not-supported-local',
    kind: 'failed',
    message: `not supported in local: the location ${location}; here a location is an absolute folder: 'file:///…/'.`,
    nextSteps: ["Name a folder of this machine: LOCATION 'file:///tmp/rows/'", 'dp query --env staging …'],
    docs: DOCS,
  });
}

export function notLocally(what: string): Failure {
  return new Failure({
    code: 'query-not-supported-local',
    kind: 'failed',
    message: `not supported in local: ${what}.`,
    nextSteps: ['Run it on Athena: dp query --env staging …', 'docs/sql.md lists what local answers.'],
    docs: DOCS,
  });
}

export function timestampPrecision(column: string, type: string): Failure {
  return new Failure({
    code: 'query-invalid',
    kind: 'failed',
    message: `Athena would refuse the query: Incorrect timestamp precision for ${type}; the configured precision is MILLISECONDS; column name: ${column}`,
    nextSteps: [`CAST(${column} AS timestamp(3)) AS ${column}`],
    docs: DOCS,
  });
}
