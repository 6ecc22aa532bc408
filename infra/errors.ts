import { Failure } from '../src/std/failure.ts';

export function jobScriptMissing(path: string): Failure {
  return new Failure({
    code: 'job-script-missing',
    kind: 'configuration',
    message: `Cannot describe the pipeline: the script of the daily Glue job is not at ${path}.`,
    nextSteps: ['Install dp again, or check out infra/glue'],
    docs: 'docs/deploy.md',
  });
}
