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
    return [...text.matchAll(/^export (?:async )?function (\w+)/gm)].map((match) => ({
      name: match[1] ?? '',
      file,
    }));
  });
}

/** Those that no process of a test run has called, by what test/support/record-failures.js noted in `folder`. */
export function makersNotReached(folder: string): FailureMaker[] {
  const seen = new Set(
    readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n')),
  );
  return failureMakers().filter(({ name, file }) => !seen.has(`${name} ${file}`) && !seen.has(name));
}
