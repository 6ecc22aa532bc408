import { Failure } from '../std/failure.ts';

const DOCS = 'docs/spark.md';

export function jobUnknownHere(name: string, known: string): Failure {
  return new Failure({
    code: 'job-unknown',
    kind: 'usage',
    message: `There is no job \`${name}\` on this machine. There is ${known}.`,
    nextSteps: ['dp job list'],
    docs: DOCS,
  });
}

export function dayMissing(): Failure {
  return new Failure({
    code: 'bad-argument',
    kind: 'usage',
    message: 'Cannot start the job: neither a date nor a scheduled time says which day to load.',
    nextSteps: ['--argument date=2026-11-22'],
    docs: DOCS,
  });
}

export function scheduleKeptAlready(name: string): Failure {
  return new Failure({
    code: 'schedule-kept-already',
    kind: 'failed',
    message: `Cannot keep the schedule ${name}: another \`dp etl schedule run\` does it already.`,
    nextSteps: ['dp etl schedule show'],
    docs: DOCS,
  });
}

export function scheduleUnreadable(file: string, cause: unknown): Failure {
  return new Failure({
    code: 'schedule-unreadable',
    kind: 'failed',
    message: `Cannot read the schedule ${file}: it is not JSON.`,
    nextSteps: ['Delete the file: the schedule is then what it was at first.'],
    docs: DOCS,
    cause,
  });
}

export function crawlerUnknownHere(name: string, known: readonly string[]): Failure {
  return new Failure({
    code: 'crawler-unknown',
    kind: 'usage',
    message: `There is no crawler \`${name}\` on this machine. There are ${known.join(' and ')}.`,
    nextSteps: ['dp crawler list'],
    docs: DOCS,
  });
}
