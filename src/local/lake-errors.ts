import { Failure, messageOf } from '../std/failure.ts';

const DOCS = 'docs/etl.md';

export function catalogUnreadable(path: string, why: string): Failure {
  return new Failure({
    code: 'catalog-unreadable',
    kind: 'failed',
    message: `Cannot read the catalog's file ${path}: ${why}.`,
    nextSteps: ['Load the day again: dp etl run --date DAY', 'dp deploy'],
    docs: DOCS,
  });
}

export function databaseLost(what: string, cause: unknown): Failure {
  return new Failure({
    code: 'database-lost',
    kind: 'temporary',
    message: `Cannot finish ${what}: the connection to the database was lost (${messageOf(cause)}).`,
    nextSteps: ['dp status', 'Run the command again: nothing was published.'],
    docs: DOCS,
    cause,
  });
}

export function extractFailed(table: string, cause: unknown): Failure {
  return new Failure({
    code: 'extract-failed',
    kind: 'failed',
    message: `Cannot extract ${table} from the database: ${messageOf(cause)}.`,
    nextSteps: ['dp status', 'dp db migrate'],
    docs: DOCS,
    cause,
  });
}

export function diskFull(what: string, cause: unknown): Failure {
  return new Failure({
    code: 'disk-full',
    kind: 'failed',
    message: `Cannot write ${what}: the disk is full or a size limit was reached. What was published before is untouched.`,
    nextSteps: ['dp etl gc --older-than 1d', 'Free some space, then run the command again.'],
    docs: DOCS,
    cause,
  });
}

export function engineFailed(what: string, cause: unknown): Failure {
  return new Failure({
    code: 'engine-failed',
    kind: 'failed',
    message: `Cannot ${what}: ${messageOf(cause).split('\n').slice(0, 3).join(' ')}`,
    nextSteps: ['Run the command again with --debug.', 'dp etl show --date DAY'],
    docs: DOCS,
    cause,
  });
}

export function landedFileDamaged(file: string, why: string): Failure {
  return new Failure({
    code: 'landed-file-damaged',
    kind: 'failed',
    message: `Cannot use ${file}: it is not what was taken from the database (${why}). Nothing was published.`,
    nextSteps: ['Run the command again: every run extracts anew.'],
    docs: DOCS,
  });
}
