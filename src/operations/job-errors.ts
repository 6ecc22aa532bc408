import { Failure } from '../std/failure.ts';

const DOCS = 'docs/spark.md';

export function jobUnknown(kind: 'job' | 'crawler', name: string, known: readonly string[]): Failure {
  return new Failure({
    code: `${kind}-unknown`,
    kind: 'usage',
    message: `There is no ${kind} \`${name}\`.${known.length === 0 ? '' : ` There are ${known.join(', ')}.`}`,
    nextSteps: [`dp ${kind} list`],
    docs: DOCS,
  });
}

export function notATime(text: string): Failure {
  return new Failure({
    code: 'bad-time',
    kind: 'usage',
    message: `\`${text}\` is not a time of day.`,
    nextSteps: ['--time 02:00'],
    docs: DOCS,
  });
}

export function keptByService(): Failure {
  return new Failure({
    code: 'kept-by-service',
    kind: 'usage',
    message: 'On AWS a service keeps the schedule: nothing needs to run here for it.',
    nextSteps: ['dp etl schedule show', 'dp etl schedule run --env local'],
    docs: DOCS,
  });
}

export function runUnknown(job: string, id: string): Failure {
  return new Failure({
    code: 'run-unknown',
    kind: 'usage',
    message: `The job ${job} has no run ${id}.`,
    nextSteps: [`dp job history ${job}`],
    docs: DOCS,
  });
}

export function dayHasRun(date: string, jobRun: string): Failure {
  return new Failure({
    code: 'day-is-running',
    kind: 'temporary',
    message: `Cannot start ${date}: the run ${jobRun} works on it.`,
    nextSteps: [`dp etl attach --date ${date}`],
    docs: DOCS,
  });
}

export function dayIsBeingStarted(date: string): Failure {
  return new Failure({
    code: 'day-is-running',
    kind: 'temporary',
    message: `Cannot start ${date}: somebody else is starting its run just now.`,
    nextSteps: [`dp etl attach --date ${date}`, `dp etl run --date ${date}`],
    docs: DOCS,
  });
}

export function jobFull(job: string): Failure {
  return new Failure({
    code: 'job-full',
    kind: 'temporary',
    message: `Cannot start ${job}: as many of its runs as it allows are running.`,
    nextSteps: [`dp job history ${job}`, 'dp etl run --date DAY  (waits for a place)'],
    docs: DOCS,
  });
}

/** `date=2026-11-22` as the job's `--date`. Throws a usage Failure for what has no name or no value. */
export function argumentOf(text: string): [string, string] {
  const [, name, value] = /^(?:--)?([a-zA-Z][\w-]*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [`--${name}`, value];
  throw new Failure({
    code: 'bad-argument',
    kind: 'usage',
    message: `\`${text}\` is not an argument: write NAME=VALUE.`,
    nextSteps: ['--argument date=2026-11-22'],
    docs: DOCS,
  });
}
