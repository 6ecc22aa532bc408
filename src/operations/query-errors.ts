import { Failure } from '../std/failure.ts';

const DOCS = 'docs/query.md';

export function severalStatements(count: number): Failure {
  return new Failure({
    code: 'several-statements',
    kind: 'usage',
    message: `The SQL has ${count} statements, and a query is one.`,
    nextSteps: ['Run them one after the other.', 'dp query without SQL takes statements that end with ;'],
    docs: DOCS,
  });
}

export function noStatement(): Failure {
  return new Failure({
    code: 'usage',
    kind: 'usage',
    message: 'There is no SQL to run: the text has only blanks and comments.',
    nextSteps: ['dp query "SELECT 1"'],
    docs: DOCS,
  });
}

/** The statement would change something, and nobody said that it may. */
export function writeNotAllowed(words: string, object: string | undefined): Failure {
  return new Failure({
    code: 'write-not-allowed',
    kind: 'confirmation',
    message: `${words}${object === undefined ? '' : ` ${object}`} changes things, and dp query only reads unless told otherwise. Nothing was run.`,
    nextSteps: ['Add --write if you mean it.'],
    docs: DOCS,
  });
}

export function tooExpensive(input: { usd: string; mostUsd: string; bytes: string }): Failure {
  return new Failure({
    code: 'too-expensive',
    kind: 'failed',
    message: `The query would scan up to ${input.bytes} and cost up to ${input.usd}, more than --max-cost ${input.mostUsd}. Nothing was run.`,
    nextSteps: [
      'Read fewer partitions: add a condition on the partition key.',
      'dp query --dry-run shows what is read.',
    ],
    docs: DOCS,
  });
}

export function scansTooMuch(input: { bytes: string; mostBytes: string }): Failure {
  return new Failure({
    code: 'scans-too-much',
    kind: 'failed',
    message: `The query would scan up to ${input.bytes}, more than --max-scan ${input.mostBytes}. Nothing was run.`,
    nextSteps: [
      'Read fewer partitions: add a condition on the partition key.',
      'dp query --dry-run shows what is read.',
    ],
    docs: DOCS,
  });
}

/** A limit was given, and how much would be read cannot be known. */
export function sizeUnknown(tables: readonly string[]): Failure {
  return new Failure({
    code: 'size-unknown',
    kind: 'failed',
    message: `Cannot hold the query to a limit: the size of ${tables.join(', ')} is not known. Nothing was run.`,
    nextSteps: ['Leave --max-cost and --max-scan out.', 'dp catalog show TABLE'],
    docs: DOCS,
  });
}

export function savedQueryMissing(name: string, known: readonly string[]): Failure {
  return new Failure({
    code: 'saved-query-missing',
    kind: 'usage',
    message: `There is no saved query \`${name}\`.`,
    nextSteps: [
      ...known.slice(0, 5).map((one) => `dp query --saved "${one}"`),
      'dp query save NAME "SELECT …"',
    ],
    docs: DOCS,
  });
}

export function queryMissing(queryId: string): Failure {
  return new Failure({
    code: 'query-unknown',
    kind: 'failed',
    message: `There is no query ${queryId} here.`,
    nextSteps: ['dp query history'],
    docs: DOCS,
  });
}

export function queryStillRuns(queryId: string, state: string): Failure {
  return new Failure({
    code: 'query-running',
    kind: 'temporary',
    message: `The query ${queryId} is ${state}: it has no result yet.`,
    nextSteps: [`dp query attach ${queryId} waits for it`, `dp query show ${queryId}`],
    docs: DOCS,
  });
}
