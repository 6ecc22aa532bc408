import { Failure } from '../std/failure.ts';

const DOCS = 'docs/add-a-table.md';

export function contractInvalid(file: string, why: string): Failure {
  return new Failure({
    code: 'lake-contract-invalid',
    kind: 'configuration',
    message: `Cannot use the table contract ${file}: ${why}.`,
    nextSteps: [`Correct ${file}.`],
    docs: DOCS,
  });
}

/** `problems` are sentences that begin with the place: `line 3: …`. */
export function sqlNotPortable(file: string, problems: readonly string[]): Failure {
  return new Failure({
    code: 'lake-sql-not-portable',
    kind: 'configuration',
    message: `Cannot use ${file}: it would not mean the same on DuckDB, Spark and MySQL. ${problems.join(' ')}`,
    nextSteps: [`Rewrite ${file} within the safe subset.`],
    docs: DOCS,
  });
}
