import type { DeployRequest, DeployResult, Lifecycle, LifecycleEvent } from '../platform/lifecycle.ts';

/** Brings the environment into being or up to date; every step says whether it changed anything. */
export async function deployPlatform(
  input: DeployRequest,
  deps: { readonly lifecycle: Lifecycle; readonly notify: (event: LifecycleEvent) => void },
): Promise<DeployResult> {
  return deps.lifecycle.deploy(input, deps.notify);
}
