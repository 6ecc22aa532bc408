import { usage } from './errors.ts';

/** The name that was given, or undefined for all: one of the two must be said, and not both. */
export function oneOrAll(input: {
  readonly name: string | undefined;
  /** oclif leaves a flag that was not given undefined. */
  readonly all: boolean | undefined;
  readonly what: string;
}): string | undefined {
  if ((input.name === undefined) !== (input.all === true)) {
    throw usage(`Name ${input.what}, or pass --all; not both.`, 'Add --help to see what it takes.');
  }
  return input.name;
}
