import { Failure } from '../std/failure.ts';

const DOCS = 'docs/spark.md';

export function sparkNotSetUp(what: readonly string[]): Failure {
  return new Failure({
    code: 'spark-not-set-up',
    kind: 'not-ready',
    message: `Cannot run Spark here: ${what.join(', ')} ${what.length === 1 ? 'is' : 'are'} missing.`,
    nextSteps: [
      'dp etl run --engine spark --date DAY --yes  (sets it up: about 320 MB)',
      'dp etl run --date DAY',
    ],
    docs: DOCS,
  });
}

export function sparkSetUpFailed(what: string, words: string): Failure {
  return new Failure({
    code: 'spark-set-up-failed',
    kind: 'failed',
    message: `Cannot set up Spark: ${what} failed. ${words}`,
    nextSteps: [
      'Install Java 17, Python 3.11 with venv, and Maven, then run the command again.',
      'dp etl run --date DAY',
    ],
    docs: DOCS,
  });
}

export function sparkEnded(input: {
  readonly date: string;
  readonly how: string;
  readonly log: string;
}): Failure {
  return new Failure({
    code: 'spark-ended',
    kind: 'failed',
    message: `Cannot load ${input.date}: Spark ended without a result (${input.how}). Nothing was published.`,
    nextSteps: [`Read ${input.log}`, 'Run the command again.'],
    docs: DOCS,
  });
}

/** What the job itself said of its failure. */
export function sparkFailed(said: {
  readonly code: string;
  readonly message: string;
  readonly log: string;
}): Failure {
  return new Failure({
    code: said.code,
    kind: /CommunicationsException|Communications link failure/.test(said.message) ? 'temporary' : 'failed',
    message: said.message,
    nextSteps: [`Read ${said.log}`, 'dp status'],
    docs: DOCS,
  });
}
