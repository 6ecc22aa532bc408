/**
 * What kind of end a failure is. The command line maps each kind to one exit code
 * (src/cli/exit-codes.ts); nothing else in the code knows numbers.
 */
export type FailureKind =
  | 'failed'
  | 'partial'
  | 'not-ready'
  | 'confirmation'
  | 'usage'
  | 'unreachable'
  | 'temporary'
  | 'denied'
  | 'configuration'
  | 'timed-out'
  | 'interrupted';

/** What to try: at least one command or action, most promising first. */
export type NextSteps = readonly [string, ...string[]] | readonly [...string[], string];

export interface FailureWords {
  /** Stable, kebab-case, for scripts: `database-not-running`. */
  readonly code: string;
  readonly kind: FailureKind;
  /** What could not be done, to what, and why. One or two sentences, no stack. */
  readonly message: string;
  readonly nextSteps: NextSteps;
  /** The page under docs/ that explains it, e.g. `docs/query.md`. */
  readonly docs?: string;
  readonly cause?: unknown;
}

/**
 * Something an operator can meet: bad input, a missing permission, a service that is away.
 * Each layer's errors.ts makes these in the layer's own words. Everything else that is thrown is a bug.
 */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly code: string;
  readonly kind: FailureKind;
  readonly nextSteps: readonly string[];
  readonly docs: string | undefined;

  constructor(words: FailureWords) {
    super(words.message, words.cause === undefined ? {} : { cause: words.cause });
    this.code = words.code;
    this.kind = words.kind;
    this.nextSteps = words.nextSteps;
    this.docs = words.docs;
  }
}

/** The code of a command that ended at a question, before it did anything. */
export const STOPPED_AT_QUESTION = 'stopped-at-question';

/** Whether trying again later may be all it takes: throttled, no network, no answer in time. */
export function passesByItself(error: unknown): error is Failure {
  return error instanceof Failure && /^(temporary|unreachable|timed-out)$/.test(error.kind);
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
