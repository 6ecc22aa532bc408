import { Failure } from '../std/failure.ts';

/** Crawler and bastion are parts that only an environment on AWS has. */
export function noSuchLog(input: { source: string; sources: readonly string[] }): Failure {
  return new Failure({
    code: 'no-such-log',
    kind: 'usage',
    message: `The environment local has no ${input.source}. It has logs of ${input.sources.join(', ')}.`,
    nextSteps: ['dp logs all'],
    docs: 'docs/logs.md',
  });
}
