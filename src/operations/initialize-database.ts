import type { Lifecycle, LifecycleEvent } from '../platform/lifecycle.ts';

export interface InitializeDatabaseResult {
  readonly environment: string;
  /** What was done or found, in words. */
  readonly users: readonly string[];
  /** Files applied by this call, in order. */
  readonly applied: readonly string[];
}

/** Creates the users that the API and the daily job log in as, then the shop's tables. Safe to repeat. */
export async function initializeDatabase(
  input: { readonly environment: string },
  deps: { readonly lifecycle: Lifecycle; readonly notify: (event: LifecycleEvent) => void },
): Promise<InitializeDatabaseResult> {
  const users = await deps.lifecycle.initializeUsers();
  for (const message of users) deps.notify({ step: 'users', state: 'done', message });
  deps.notify({ step: 'migrations', state: 'started', message: "Applying the shop's migrations" });
  const { applied } = await deps.lifecycle.migrate();
  const message = applied.length === 0 ? 'Tables are up to date' : `Applied ${applied.join(', ')}`;
  deps.notify({ step: 'migrations', state: applied.length === 0 ? 'unchanged' : 'done', message });
  return { environment: input.environment, users, applied };
}
