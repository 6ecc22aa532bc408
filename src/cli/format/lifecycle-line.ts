import type { LifecycleEvent } from '../../platform/lifecycle.ts';
import type { Paint } from '../terminal.ts';

const MARKS = {
  started: ['dim', '·'],
  done: ['green', '✔'],
  unchanged: ['dim', '='],
  note: ['dim', '›'],
  progress: ['dim', '›'],
} as const;

/** One line of progress of a deploy, a seed or a destroy. */
export function lifecycleLine(event: LifecycleEvent, paint: Paint): string {
  const [colour, mark] = MARKS[event.state];
  return `${paint(colour, mark)} ${event.message}`;
}
