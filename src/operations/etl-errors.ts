import { Failure } from '../std/failure.ts';

const DOCS = 'docs/etl.md';

export function sourceDrifted(broken: readonly string[]): Failure {
  return new Failure({
    code: 'source-drifted',
    kind: 'failed',
    message: `Cannot load: the database is not what the contracts read. ${broken.join(' ')} Nothing was written.`,
    nextSteps: ['dp db migrate', 'Correct the contract in src/lake, if the database is right.'],
    docs: DOCS,
  });
}

export function dayIsRunning(date: string, runId: string): Failure {
  return new Failure({
    code: 'day-is-running',
    kind: 'temporary',
    message: `Cannot run ${date}: run ${runId} is working on it just now.`,
    nextSteps: [`dp etl status --from ${date} --to ${date}`, 'Wait until it has ended.'],
    docs: DOCS,
  });
}

export function runIdUsed(date: string, runId: string): Failure {
  return new Failure({
    code: 'run-id-used',
    kind: 'usage',
    message: `Cannot load ${date} as run ${runId}: there was a run of that id before.`,
    nextSteps: [`dp etl run --date ${date}`],
    docs: DOCS,
  });
}

export function lockLost(date: string, runId: string): Failure {
  return new Failure({
    code: 'lock-lost',
    kind: 'temporary',
    message: `Cannot publish ${date}: run ${runId} was silent for so long that another took the day over.`,
    nextSteps: [`dp etl status --from ${date} --to ${date}`],
    docs: DOCS,
  });
}

export function checksFailed(date: string, what: readonly string[]): Failure {
  return new Failure({
    code: 'checks-failed',
    kind: 'failed',
    message: `Cannot publish ${date}: its rows break the rules. ${what.join(' ')} What was published before is untouched.`,
    nextSteps: [`dp etl show --date ${date}`, `dp etl run --date ${date} --force  (publishes nevertheless)`],
    docs: DOCS,
  });
}

export function lakeDiffers(date: string, what: readonly string[]): Failure {
  return new Failure({
    code: 'lake-differs',
    kind: 'failed',
    message: `Cannot publish ${date}: what was written is not what the database holds. ${what.join(' ')}`,
    nextSteps: [`dp etl run --date ${date}`],
    docs: DOCS,
  });
}

export function neverLoaded(date: string): Failure {
  return new Failure({
    code: 'day-missing',
    kind: 'not-ready',
    message: `Nothing is known of ${date}: it was never loaded.`,
    nextSteps: [`dp etl run --date ${date}`],
    docs: DOCS,
  });
}

export function nothingBefore(date: string): Failure {
  return new Failure({
    code: 'nothing-to-roll-back-to',
    kind: 'failed',
    message: `Cannot roll back ${date}: what is published is its first version.`,
    nextSteps: [`dp etl show --date ${date}`],
    docs: DOCS,
  });
}

export function notARunOf(date: string, runId: string): Failure {
  return new Failure({
    code: 'run-unknown',
    kind: 'usage',
    message: `Cannot roll back ${date} to ${runId}: no run of that id has published this day.`,
    nextSteps: [`dp etl show --date ${date}`],
    docs: DOCS,
  });
}

export function filesCollected(date: string, runId: string): Failure {
  return new Failure({
    code: 'files-collected',
    kind: 'failed',
    message: `Cannot roll back ${date} to ${runId}: its files are no longer in the lake.`,
    nextSteps: [`dp etl run --date ${date}`],
    docs: DOCS,
  });
}

export function tableUnknown(table: string, known: readonly string[]): Failure {
  return new Failure({
    code: 'table-unknown',
    kind: 'usage',
    message: `The catalog has no table \`${table}\`.${known.length === 0 ? '' : ` It has ${known.join(', ')}.`}`,
    nextSteps: ['dp catalog list'],
    docs: DOCS,
  });
}
