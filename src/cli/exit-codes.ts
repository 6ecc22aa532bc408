import type { FailureKind } from '../std/failure.ts';

/** Every exit code dp uses. docs/exit-codes.md says the same in words. Signals end with 128 + their number. */
export const EXIT_CODES = {
  ok: 0,
  failed: 1,
  partial: 2,
  'not-ready': 3,
  confirmation: 4,
  usage: 64,
  unreachable: 69,
  temporary: 75,
  denied: 77,
  configuration: 78,
  'timed-out': 124,
  'unknown-command': 127,
  interrupted: 130,
} as const satisfies Record<FailureKind | 'ok' | 'unknown-command', number>;

export const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
export type EndingSignal = keyof typeof SIGNAL_NUMBERS;

/** The exit code of a process that a signal ended: 130 for SIGINT, 143 for SIGTERM. */
export function exitCodeOfSignal(signal: EndingSignal): number {
  return 128 + SIGNAL_NUMBERS[signal];
}
