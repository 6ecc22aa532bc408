import type { Lifecycle, LifecycleEvent } from '../platform/lifecycle.ts';

export interface DestroyPlatformDeps {
  readonly lifecycle: Lifecycle;
  /** Asks the operator; throws when the answer is no. */
  readonly confirm: () => Promise<void>;
  readonly notify: (event: LifecycleEvent) => void;
}

/** Ends an environment after a confirmation. One that is not there needs none. */
export async function destroyPlatform(
  input: { readonly environment: string },
  deps: DestroyPlatformDeps,
): Promise<{ environment: string; destroyed: boolean }> {
  if (!(await deps.lifecycle.isDeployed())) return { environment: input.environment, destroyed: false };
  await deps.confirm();
  await deps.lifecycle.destroy(deps.notify);
  return { environment: input.environment, destroyed: true };
}
