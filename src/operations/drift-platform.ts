import type { StackDrift, Stacks } from '../platform/stacks.ts';

export interface DriftPlatformResult {
  readonly environment: string;
  readonly drifted: boolean;
  readonly stacks: readonly StackDrift[];
}

/** Asks AWS what was changed behind the templates' back. */
export async function driftPlatform(
  input: { readonly environment: string; readonly stacks?: readonly string[] },
  deps: { readonly stacks: Stacks },
): Promise<DriftPlatformResult> {
  const stacks = await deps.stacks.drift(input.stacks);
  return { environment: input.environment, drifted: stacks.some((one) => one.state === 'drifted'), stacks };
}
