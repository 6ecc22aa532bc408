import type { QueryExecution } from '@aws-sdk/client-athena';
import { Failure, messageOf } from '../std/failure.ts';

const DOCS = 'docs/query.md';

/** The query ended as FAILED or CANCELLED. The kind follows Athena's own categories. */
export function queryEnded(execution: QueryExecution): Failure {
  const { Status: status, QueryExecutionId: id = '' } = execution;
  const reason = (
    status?.AthenaError?.ErrorMessage ??
    status?.StateChangeReason ??
    'Athena gave no reason'
  ).trim();
  const words = reason.replace(/\.$/, '');
  if (status?.State === 'CANCELLED') {
    return new Failure({
      code: 'query-cancelled',
      kind: 'failed',
      message: `The query ${id} was cancelled: ${words}. What it had scanned is billed.`,
      nextSteps: [
        'Narrow the partitions it reads, or ask for a higher limit of the workgroup.',
        `dp query show ${id}`,
      ],
      docs: DOCS,
    });
  }
  const { code, kind, steps } = causeOf(execution);
  return new Failure({
    code,
    kind,
    message: `The query ${id} failed: ${words}.`,
    nextSteps: [...steps, `dp query show ${id}`],
    docs: DOCS,
  });
}

interface Cause {
  readonly code: string;
  readonly kind: Failure['kind'];
  readonly steps: readonly string[];
}

const SYSTEM = 1;
const USER = 2;

/** What went wrong, by Athena's error type: its reference page "Athena error type". */
function causeOf({ Status: status }: QueryExecution): Cause {
  const type = status?.AthenaError?.ErrorType ?? -1;
  const category = status?.AthenaError?.ErrorCategory;
  const retryable = status?.AthenaError?.Retryable === true;
  if (type >= 0 && type <= 8)
    return { code: 'query-too-big', kind: 'failed', steps: ['Read fewer partitions or columns at once.'] };
  if (type === 1500 || type === 1501 || type === 234)
    return { code: 'not-allowed', kind: 'denied', steps: ['Ask for the permission that the message names.'] };
  if (type === 1110) return { code: 'query-invalid', kind: 'failed', steps: ['dp catalog list'] };
  if ((type >= 1401 && type <= 1406) || type === 206 || type === 210 || type === 1602)
    return { code: 'query-throttled', kind: 'temporary', steps: ['Run it again in a minute.'] };
  if (category === USER || (type >= 1000 && type <= 1399))
    return { code: 'query-invalid', kind: 'failed', steps: ['Correct the SQL and run it again.'] };
  if (category === SYSTEM || retryable)
    return { code: 'query-failed', kind: 'temporary', steps: ['Run it again: the fault is in the service.'] };
  return {
    code: 'query-failed',
    kind: 'failed',
    steps: ['Correct what the message names, then run it again.'],
  };
}

/** StartQueryExecution refused the text. */
export function queryRefused(error: unknown): Failure {
  const said = messageOf(error).trim().replace(/\.$/, '');
  if (/\bworkgroup\b.*\b(disabled|not found)\b/i.test(said)) return workgroupUnusable(said, error);
  const noPlace = /No output location/i.test(said);
  return new Failure({
    code: noPlace ? 'no-result-location' : 'query-invalid',
    kind: noPlace ? 'configuration' : 'failed',
    message: `Athena refused the query: ${said}.`,
    nextSteps: noPlace
      ? ['Add --result-location s3://BUCKET/PREFIX/.', 'Set a result location for the workgroup.']
      : ['Correct the SQL and run it again.'],
    docs: DOCS,
    cause: error,
  });
}

/** It was switched off, or is not there: the SQL is none the worse for it. */
function workgroupUnusable(said: string, cause: unknown): Failure {
  return new Failure({
    code: 'workgroup-unusable',
    kind: 'not-ready',
    message: `Athena refused the query: ${said}.`,
    nextSteps: ['dp doctor', 'dp deploy'],
    docs: DOCS,
    cause,
  });
}

export function queueFull(waitedMs: number, cause: unknown): Failure {
  return new Failure({
    code: 'queue-full',
    kind: 'temporary',
    message: `Cannot start the query: the account runs as many as it may, and no place became free in ${Math.round(waitedMs / 1000)} s.`,
    nextSteps: ['dp query history shows what runs; dp query cancel ID stops one.', 'Run it again later.'],
    docs: DOCS,
    cause,
  });
}

/** The file of the result is no longer the one that was being read. */
export function resultChanged(place: { readonly bucket: string; readonly key: string }): Failure {
  return new Failure({
    code: 'result-changed',
    kind: 'failed',
    message: `Cannot finish reading s3://${place.bucket}/${place.key}: the object was replaced while it was read. Rows of two results are never mixed.`,
    nextSteps: ['Run the query again.', 'Add --fetch api to read through Athena.'],
    docs: DOCS,
  });
}

/** `--fetch s3` was asked for and is not possible. */
export function noResultFile(id: string, why: string, cause?: unknown): Failure {
  return new Failure({
    code: 'no-result-file',
    kind: 'failed',
    message: `Cannot read the result of ${id} from S3: ${why}.`,
    nextSteps: ['Leave --fetch out: dp then reads through Athena.', `dp query results ${id} --fetch api`],
    docs: DOCS,
    cause,
  });
}

export function notUnloadable(words: string): Failure {
  return new Failure({
    code: 'not-unloadable',
    kind: 'usage',
    message: `--fetch unload is for queries that read; this is ${words}.`,
    nextSteps: ['Leave --fetch out.'],
    docs: DOCS,
  });
}

export function unknownQuery(id: string): Failure {
  return new Failure({
    code: 'query-unknown',
    kind: 'failed',
    message: `There is no query ${id} here.`,
    nextSteps: ['dp query history'],
    docs: DOCS,
  });
}

/** The result file holds something that is not a result. */
export function resultDamaged(id: string, why: string): Failure {
  return new Failure({
    code: 'result-damaged',
    kind: 'failed',
    message: `Cannot read the result of ${id}: ${why}`,
    nextSteps: ['Run the query again.', `dp query results ${id} --fetch api`],
    docs: DOCS,
  });
}
