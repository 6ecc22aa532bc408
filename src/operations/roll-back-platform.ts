import type { Stacks } from '../platform/stacks.ts';

export interface RollBackDeps {
  readonly stacks: Stacks;
  /** Asks the operator; throws when the answer is no. */
  readonly confirm: () => Promise<void>;
  readonly notify: (line: string) => void;
}

/** Brings stacks that a failed deploy left halfway back to their last good state. */
export async function rollBackPlatform(
  input: { readonly environment: string; readonly stacks?: readonly string[] },
  deps: RollBackDeps,
): Promise<{ environment: string; rolledBack: readonly string[] }> {
  await deps.confirm();
  const rolledBack = await deps.stacks.rollback(input.stacks, ({ message }) => deps.notify(message));
  return { environment: input.environment, rolledBack };
}
