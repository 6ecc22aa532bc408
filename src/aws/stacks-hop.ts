import { DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { LIFE_CYCLES } from '../config/platform-names.ts';
import { green, type HopFinding, red, yellow } from '../platform/hops.ts';
import type { AwsLook } from './hops.ts';

/** Whether every stack is there and at rest, and what the last look for drift found: looking anew takes minutes. */
export async function stacksFinding({ clients, names }: AwsLook): Promise<HopFinding> {
  const found = await Promise.all(
    LIFE_CYCLES.map(async (life) => ({ life, stack: await findStack(names.stack(life), clients) })),
  );
  const named = (of: typeof found): string => of.map(({ life }) => life).join(', ');
  const having = (test: (stack: Stack) => boolean): typeof found =>
    found.filter(({ stack }) => stack !== undefined && test(stack));
  const gone = found.filter(({ stack }) => stack === undefined);
  if (gone.length > 0) return red(`not deployed: ${named(gone)}`, 'dp deploy');
  const stuck = having(({ StackStatus }) => /FAILED$/.test(StackStatus ?? ''));
  if (stuck.length > 0) return red(`stuck: ${named(stuck)}`, 'dp rollback');
  const undone = having(({ StackStatus }) => StackStatus === 'ROLLBACK_COMPLETE');
  if (undone.length > 0) return red(`never made whole: ${named(undone)}`, 'dp deploy');
  const moving = having(({ StackStatus }) => /IN_PROGRESS$/.test(StackStatus ?? ''));
  if (moving.length > 0) return yellow(`changing now: ${named(moving)}`, 'dp doctor');
  const drifted = having(({ DriftInformation }) => DriftInformation?.StackDriftStatus === 'DRIFTED');
  if (drifted.length > 0) return yellow(`drifted when last looked at: ${named(drifted)}`, 'dp drift');
  return green(`all ${found.length} are deployed, without known drift`);
}

async function findStack(name: string, clients: AwsLook['clients']): Promise<Stack | undefined> {
  return clients.call(`look up the stack ${name}`, async () => {
    const cloudFormation = await clients.cloudFormation();
    try {
      const { Stacks: [stack] = [] } = await cloudFormation.send(
        new DescribeStacksCommand({ StackName: name }),
      );
      return /^(REVIEW_IN_PROGRESS|DELETE_COMPLETE)$/.test(stack?.StackStatus ?? '') ? undefined : stack;
    } catch (error) {
      if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
      throw error;
    }
  });
}
