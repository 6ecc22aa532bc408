import type { DeployedStack, Template } from '../platform/stacks.ts';
import type { AwsClients } from './aws-clients.ts';

/** A stack as it is now, or undefined when it is not there (one that was only proposed is not). */
export async function describeStack(name: string, clients: AwsClients): Promise<DeployedStack | undefined> {
  const { DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  return clients.call(`look up the stack ${name}`, async () => {
    const cloudFormation = await clients.cloudFormation();
    const { Stacks: [stack] = [] } = await cloudFormation
      .send(new DescribeStacksCommand({ StackName: name }))
      .catch((error: unknown) => {
        if (error instanceof Error && /does not exist/.test(error.message)) return { Stacks: [] };
        throw error;
      });
    const status = stack?.StackStatus ?? '';
    if (stack === undefined || status === 'REVIEW_IN_PROGRESS' || status === 'DELETE_COMPLETE')
      return undefined;
    const outputs = (stack.Outputs ?? []).map((one) => [one.OutputKey ?? '', one.OutputValue ?? '']);
    const { StackDriftStatus: drift, LastCheckTimestamp: at } = stack.DriftInformation ?? {};
    const lastDrift =
      at === undefined ? {} : { lastDrift: { drifted: drift === 'DRIFTED', checkedAt: at.toISOString() } };
    return { stack: name, status, outputs: Object.fromEntries(outputs), ...lastDrift };
  });
}

/** The template that a stack was deployed with. */
export async function readTemplate(name: string, clients: AwsClients): Promise<Template> {
  const { GetTemplateCommand } = await import('@aws-sdk/client-cloudformation');
  return clients.call(`read the template of ${name}`, async () => {
    const cloudFormation = await clients.cloudFormation();
    const { TemplateBody = '{}' } = await cloudFormation.send(
      new GetTemplateCommand({ StackName: name, TemplateStage: 'Original' }),
    );
    return JSON.parse(TemplateBody) as Template;
  });
}
