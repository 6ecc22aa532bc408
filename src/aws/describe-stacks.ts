import type { DeployedStack, Template } from '../platform/stacks.ts';
import { type AwsPlace, awsConfiguration } from './aws-configuration.ts';
import { toFailure } from './toolkit-failure.ts';

/** A stack as it is now, or undefined when it is not there (one that was only proposed is not). */
export async function describeStack(name: string, signIn: AwsPlace): Promise<DeployedStack | undefined> {
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient(await awsConfiguration(signIn));
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const status = stack?.StackStatus ?? '';
    if (stack === undefined || status === 'REVIEW_IN_PROGRESS' || status === 'DELETE_COMPLETE')
      return undefined;
    const outputs = (stack.Outputs ?? []).map((one) => [one.OutputKey ?? '', one.OutputValue ?? '']);
    return { stack: name, status, outputs: Object.fromEntries(outputs) };
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw toFailure(error, { profile: signIn.profile });
  } finally {
    client.destroy();
  }
}

/** The template that a stack was deployed with. */
export async function readTemplate(name: string, signIn: AwsPlace): Promise<Template> {
  const { CloudFormationClient, GetTemplateCommand } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient(await awsConfiguration(signIn));
  try {
    const { TemplateBody = '{}' } = await client.send(
      new GetTemplateCommand({ StackName: name, TemplateStage: 'Original' }),
    );
    return JSON.parse(TemplateBody) as Template;
  } catch (error) {
    throw toFailure(error, { profile: signIn.profile });
  } finally {
    client.destroy();
  }
}
