// Every function that makes a failure an operator can meet: the exports of src/**/*errors.ts.
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './run-dp.ts';

export interface FailureMaker {
  readonly name: string;
  /** `src/aws/errors.ts`. */
  readonly file: string;
}

/** The files that hold the words of failures. */
export function errorFiles(): string[] {
  return globSync('src/**/{errors,*-errors}.ts', { cwd: repositoryRoot }).sort();
}

export function failureMakers(): FailureMaker[] {
  return errorFiles().flatMap((file) => {
    const text = readFileSync(join(repositoryRoot, file), 'utf8');
    return text.split(/^(?=export )/m).flatMap((part) => {
      const name = /^export (?:async )?function (\w+)/.exec(part)?.[1];
      // Others are exported for their tests, or tell failures apart.
      if (name === undefined || !/\): Failure\b|new Failure\(/.test(part)) return [];
      // One that gives several makers at once is as many.
      const given = [...part.matchAll(/^ {4}(\w+): \(.*\) =>\n? *new Failure\(/gm)].map(
        ([, one = '']) => one,
      );
      return (given.length === 0 ? [name] : given).map((one) => ({ name: one, file }));
    });
  });
}

/** Those that no process of a test run has called, by what test/support/record-failures.js noted in `folder`. */
export function makersNotReached(folder: string): FailureMaker[] {
  const seen = new Set(
    readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n')),
  );
  return failureMakers().filter(({ name, file }) => !seen.has(`${name} ${file}`));
}
