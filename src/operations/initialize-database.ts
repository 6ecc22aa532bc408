import type { Lifecycle, LifecycleEvent } from '../platform/lifecycle.ts';

export interface InitializeDatabaseResult {
  readonly environment: string;
  /** What was done or found, in words. */
  readonly users: readonly string[];
}

/** Creates the users that the API and the daily job log in as. Safe to repeat. */
export async function initializeDatabase(
  input: { readonly environment: string },
  deps: { readonly lifecycle: Lifecycle; readonly notify: (event: LifecycleEvent) => void },
): Promise<InitializeDatabaseResult> {
  const users = await deps.lifecycle.initializeUsers();
  for (const message of users) deps.notify({ step: 'users', state: 'done', message });
  return { environment: input.environment, users };
}
