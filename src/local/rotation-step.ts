import type { RotationStep } from '../platform/secrets.ts';
import { messageOf } from '../std/failure.ts';

export interface StepDeps {
  readonly say: (step: RotationStep, state: 'started' | 'done' | 'note', message: string) => void;
  /** Called when a step has been done; for whoever wants to end the process there. */
  readonly afterStep?: (step: RotationStep) => Promise<void> | void;
}

/** Remembers in which step something was thrown. */
export class StepError extends Error {
  readonly step: RotationStep;
  constructor(step: RotationStep, cause: unknown) {
    super(messageOf(cause), { cause });
    this.step = step;
  }
}

/** One step of a rotation, told before and after. `work` gives what is to be told. Throws StepError. */
export async function step(
  deps: StepDeps,
  name: RotationStep,
  message: string,
  work: () => Promise<string>,
): Promise<void> {
  deps.say(name, 'started', message);
  let done: string;
  try {
    done = await work();
  } catch (error) {
    throw new StepError(name, error);
  }
  deps.say(name, 'done', done);
  await deps.afterStep?.(name);
}

/** `finish` for what happened between two steps: only whoever is told of that one may throw there. */
export function stepOf(error: unknown): string {
  return error instanceof StepError ? error.step : 'finish';
}
