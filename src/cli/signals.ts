import { Failure } from '../std/failure.ts';
import { type EndingSignal, exitCodeOfSignal, SIGNAL_NUMBERS } from './exit-codes.ts';

/** How long a command may tidy up after the first signal, in milliseconds, before it is ended anyway. */
const TIDY_UP_MS_MAX = 15_000;

/** Why an AbortSignal fired: the operator, the system or a closed terminal ended the command. */
export class Interrupted extends Failure {
  override readonly name = 'Interrupted';
  readonly signal: EndingSignal;

  constructor(signal: EndingSignal) {
    super({
      code: 'interrupted',
      kind: 'interrupted',
      message: `Stopped by ${signal}.`,
      nextSteps: ['Run the command again; finished work is kept.'],
    });
    this.signal = signal;
  }
}

/** Why an AbortSignal fired: whoever read our output went away, as `head` does. Nothing went wrong. */
export class PipeClosed extends Failure {
  override readonly name = 'PipeClosed';

  constructor() {
    super({
      code: 'pipe-closed',
      kind: 'interrupted',
      message: 'Nobody reads the output any more.',
      nextSteps: ['Nothing: dp stopped what it was doing.'],
    });
  }
}

export interface SignalWatch {
  readonly signal: AbortSignal;
  /** From now on SIGINT is left to a child that has the terminal. */
  readonly ignoreInterrupts: () => void;
  readonly release: () => void;
}

/**
 * First signal, or a closed pipe: abort, and let the command stop cleanly. Second signal: end at once.
 */
export function watchSignals(): SignalWatch {
  let ignoring = false;
  const controller = new AbortController();
  const handlers = (Object.keys(SIGNAL_NUMBERS) as EndingSignal[]).map((name) => {
    const handler = (): void => {
      if (ignoring && name === 'SIGINT') return;
      if (controller.signal.aborted) {
        endAtOnce(name);
        return;
      }
      process.exitCode = exitCodeOfSignal(name);
      controller.abort(new Interrupted(name));
      setTimeout(() => endAtOnce(name), TIDY_UP_MS_MAX).unref();
    };
    process.on(name, handler);
    return () => process.off(name, handler);
  });
  const closed = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
    if (controller.signal.aborted) return;
    controller.abort(new PipeClosed());
    setTimeout(() => endAtOnce('SIGTERM'), TIDY_UP_MS_MAX).unref();
  };
  process.stdout.on('error', closed);
  return {
    signal: controller.signal,
    ignoreInterrupts: () => {
      ignoring = true;
    },
    release: () => {
      process.stdout.off('error', closed);
      for (const off of handlers) off();
    },
  };
}

/**
 * Ends the process by the signal itself. `process.exit` would wait for a query that still runs on a thread of the
 * pool; a signal's default action waits for nothing.
 */
function endAtOnce(signal: EndingSignal): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
