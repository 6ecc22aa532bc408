import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../src/cli/base-command.ts';
import { stackFlag } from '../src/cli/flags.ts';
import { formatPlans } from '../src/cli/format/stack-plans.ts';
import { planDeploy } from '../src/operations/plan-deploy.ts';

export default class Diff extends DpCommand {
  static override summary = 'Show what a deploy would change on AWS, and what it would cost.';
  static override description =
    'Compares the templates with what is deployed, with broader rights and the monthly difference, and changes nothing. Needs credentials for the environment.';
  static override examples = [
    '<%= config.bin %> diff --env staging',
    '<%= config.bin %> diff --env production --output plan.json',
  ];
  static override flags = {
    stack: stackFlag,
    output: Flags.string({
      char: 'o',
      description: 'File for the plan; dp deploy --plan takes it and asks nothing more.',
      helpValue: 'FILE',
    }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(Diff);
    const platform = await this.platform();
    const result = await planDeploy(
      {
        environment: platform.environment,
        ...(flags.stack === undefined ? {} : { stacks: flags.stack }),
        ...(flags.output === undefined ? {} : { planFile: flags.output }),
      },
      { stacks: await platform.stacks() },
    );
    await this.print(formatPlans(result.stacks, result.monthlyUsd));
    return result;
  }
}
