import type { DeployedStack, Stacks } from '../platform/stacks.ts';

export interface ReadOutputsResult {
  readonly environment: string;
  readonly stacks: readonly DeployedStack[];
  readonly outputs: Readonly<Record<string, string>>;
}

/** Values that CDK passes between stacks tell an operator nothing. */
const PLUMBING = /^(PublishOutput|ExportsOutput)/;

/** What the deployed stacks tell: addresses, names and ARNs. */
export async function readOutputs(
  input: { readonly environment: string },
  deps: { readonly stacks: Stacks },
): Promise<ReadOutputsResult> {
  const stacks = (await deps.stacks.describe()).map((stack) => ({ ...stack, outputs: shown(stack.outputs) }));
  return {
    environment: input.environment,
    stacks,
    outputs: Object.assign({}, ...stacks.map((stack) => stack.outputs)),
  };
}

function shown(outputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => !PLUMBING.test(name)));
}
