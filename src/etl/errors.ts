import { Failure } from '../std/failure.ts';

const DOCS = 'docs/etl.md';

export function badDay(text: string, why: string): Failure {
  return new Failure({
    code: 'bad-date',
    kind: 'usage',
    message: `\`${text}\` is not a day: ${why}.`,
    nextSteps: ['Give a day such as 2026-11-22.'],
    docs: DOCS,
  });
}

export function rangeBackwards(from: string, to: string): Failure {
  return new Failure({
    code: 'range-backwards',
    kind: 'usage',
    message: `The range runs backwards: ${from} is after ${to}.`,
    nextSteps: [`--from ${to} --to ${from}`],
    docs: DOCS,
  });
}

export function rangeTooLong(days: number, daysMax: number): Failure {
  return new Failure({
    code: 'range-too-long',
    kind: 'usage',
    message: `The range has ${days} days; one command takes at most ${daysMax}.`,
    nextSteps: ['Give a shorter range.'],
    docs: DOCS,
  });
}

export function dayNotOver(days: {
  readonly day: string;
  readonly today: string;
  readonly yesterday: string;
}): Failure {
  const when =
    days.day === days.today
      ? 'is today in Japan and not over'
      : `lies in the future: in Japan it is ${days.today}`;
  return new Failure({
    code: 'day-not-over',
    kind: 'usage',
    message: `Cannot load ${days.day}: it ${when}. A day can be loaded once it has ended, at 15:00 UTC.`,
    nextSteps: [`dp etl run --date ${days.yesterday}`],
    docs: DOCS,
  });
}

export function manifestUnreadable(key: string, why: string): Failure {
  return new Failure({
    code: 'manifest-unreadable',
    kind: 'failed',
    message: `Cannot read the manifest ${key}: ${why}.`,
    nextSteps: ['Load the day again: dp etl run --date DAY', `Remove ${key} from the lake.`],
    docs: DOCS,
  });
}
