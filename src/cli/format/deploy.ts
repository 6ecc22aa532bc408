import type { DeployResult } from '../../platform/lifecycle.ts';

/** What a deploy ended with: outputs, and what to do next. */
export function formatDeploy(
  environment: { readonly name: string; readonly kind: 'local' | 'aws' },
  result: DeployResult,
): string {
  const { name } = environment;
  const outputs = Object.entries(result.outputs).map(([name, value]) => `  ${name}: ${value}`);
  return [
    result.changed ? `The environment ${name} is deployed.` : `The environment ${name} was up to date.`,
    ...outputs,
    environment.kind === 'local'
      ? 'Next: dp etl run, dp query "SELECT …", dp status'
      : // The tables need the tunnel, which a deploy does not open.
        `Next: dp db init --env ${name} (makes the tables), dp doctor --env ${name}`,
  ].join('\n');
}
