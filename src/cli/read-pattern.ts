import { messageOf } from '../std/failure.ts';
import { usage } from './errors.ts';

/** A regular expression as it was typed. Throws a usage Failure with the reason when it is none. */
export function readPattern(text: string): RegExp {
  try {
    return new RegExp(text, 'u');
  } catch (error) {
    throw usage(
      `--grep takes a regular expression: ${messageOf(error)}`,
      'Write special characters as \\. or \\[.',
    );
  }
}
