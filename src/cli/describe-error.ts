import { Failure, messageOf } from '../std/failure.ts';
import { EXIT_CODES } from './exit-codes.ts';

/** What dp says of a failure, in `--json` and in words. The keys are a promise to scripts. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly nextSteps: readonly string[];
  readonly docs: string;
}

export interface DescribedError {
  readonly exitCode: number;
  readonly report: ErrorReport;
  /** Set for bugs only: the stack that a bug report needs. */
  readonly stack?: string;
}

/** Turns anything thrown into words, next steps and an exit code. The only place that does. */
export function describeError(error: unknown): DescribedError {
  if (error instanceof Failure) {
    return {
      exitCode: error.code === 'unknown-command' ? EXIT_CODES['unknown-command'] : EXIT_CODES[error.kind],
      report: reportOf(error.code, error.message, error.nextSteps, error.docs),
    };
  }
  if (isParseError(error)) {
    const message = messageOf(error)
      .replace(/\nSee more help with --help$/, '')
      // "Parsing --readers", and on a line of its own what it expected.
      .replace(/ *\n\t/g, ': ')
      .trim();
    return {
      exitCode: EXIT_CODES.usage,
      report: reportOf('usage', message, ['Add --help to see what it takes.']),
    };
  }
  const stack = error instanceof Error ? error.stack : undefined;
  return {
    exitCode: EXIT_CODES.failed,
    report: reportOf('bug', `dp met something it did not expect: ${messageOf(error)}`, [
      'Run it again with --debug and report what it prints.',
    ]),
    ...(stack === undefined ? {} : { stack }),
  };
}

function reportOf(code: string, message: string, nextSteps: readonly string[], docs?: string): ErrorReport {
  return { code, message, nextSteps, docs: docs ?? 'docs/exit-codes.md' };
}

/** oclif's own errors about arguments and flags: they carry `oclif.exit`, and most carry `parse`. */
function isParseError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return 'parse' in error || ('oclif' in error && (error as { oclif?: { exit?: number } }).oclif?.exit === 2);
}
