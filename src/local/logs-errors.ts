import { Failure } from '../std/failure.ts';

/** Parts that only an environment on AWS has, and what stands for them here. */
const INSTEAD: Readonly<Record<string, string>> = {
  bastion:
    'tunnels go through a gateway in their own process, which tells all it has to tell on its terminal',
};

export function noSuchLog(input: { source: string; sources: readonly string[] }): Failure {
  const why = INSTEAD[input.source];
  return new Failure({
    code: 'no-such-log',
    kind: 'usage',
    message: `The environment local has no ${input.source}${why === undefined ? '' : `: ${why}`}. It has logs of ${input.sources.join(', ')}.`,
    nextSteps: ['dp logs all', `dp logs ${input.source} --env with an environment on AWS`],
    docs: 'docs/logs.md',
  });
}
