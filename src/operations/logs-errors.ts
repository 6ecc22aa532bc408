import { Failure } from '../std/failure.ts';

/** The source is known, and nothing of it was ever written down. */
export function noLogYet(source: string): Failure {
  return new Failure({
    code: 'no-log-yet',
    kind: 'not-ready',
    message: `There is no log of ${source} yet: nothing has written one.`,
    nextSteps: [`dp logs ${source} --follow waits for it.`, 'dp doctor'],
    docs: 'docs/logs.md',
  });
}
