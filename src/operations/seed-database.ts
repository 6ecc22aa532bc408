import type { Lifecycle, LifecycleEvent, SeedRequest, SeedResult } from '../platform/lifecycle.ts';

export interface SeedDatabaseDeps {
  readonly lifecycle: Lifecycle;
  /** Asks the operator; throws when the answer is no. */
  readonly confirm: () => Promise<void>;
  readonly notify: (event: LifecycleEvent) => void;
}

/** Fills the shop; replacing rows that are there needs a confirmation. */
export async function seedDatabase(input: SeedRequest, deps: SeedDatabaseDeps): Promise<SeedResult> {
  if (input.replace) await deps.confirm();
  return deps.lifecycle.seed(input, deps.notify);
}
