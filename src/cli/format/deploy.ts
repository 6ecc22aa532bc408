import type { DeployResult } from '../../platform/lifecycle.ts';

/** What a deploy ended with: outputs, and what to do next. */
export function formatDeploy(environment: string, result: DeployResult): string {
  const outputs = Object.entries(result.outputs).map(([name, value]) => `  ${name}: ${value}`);
  return [
    result.changed
      ? `The environment ${environment} is deployed.`
      : `The environment ${environment} was up to date.`,
    ...outputs,
    'Next: dp etl run, dp query "SELECT …", dp status',
  ].join('\n');
}
