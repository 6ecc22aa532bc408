import * as Flags from '@oclif/core/flags';
import { approveDeploy } from '../src/cli/approve-deploy.ts';
import { DpCommand } from '../src/cli/base-command.ts';
import { confirmFlag, stackFlag } from '../src/cli/flags.ts';
import { formatDeploy } from '../src/cli/format/deploy.ts';
import { deployPlatform } from '../src/operations/deploy-platform.ts';

export default class Deploy extends DpCommand {
  static override summary = 'Bring the environment into being, or up to date.';
  static override description =
    'On AWS: checks, shows the difference with its rights and its price, asks, and deploys stack by stack. In local: starts a private MySQL-compatible server, applies the migrations, makes users, fills an empty shop and prepares the lake. Safe to repeat and to interrupt.';
  static override examples = [
    '<%= config.bin %> deploy',
    '<%= config.bin %> deploy --orders 1000000 --days 365 --seed 7',
    '<%= config.bin %> deploy --orders 0 --json',
    '<%= config.bin %> deploy --env staging --stack network',
    '<%= config.bin %> deploy --env production --plan plan.json',
  ];
  static override flags = {
    plan: Flags.string({
      description:
        'Plan of dp diff --output that was reviewed: deploys exactly that, without asking. AWS only.',
      helpValue: 'FILE',
      exclusive: ['stack'],
    }),
    stack: stackFlag,
    confirm: confirmFlag,
    orders: Flags.integer({
      description: 'Orders to generate when the shop is empty; 0 leaves it empty.',
      default: 50_000,
      min: 0,
      helpValue: 'N',
    }),
    days: Flags.integer({
      description: 'Days, up to yesterday (JST), that the generated orders spread over.',
      default: 30,
      min: 1,
      helpValue: 'N',
    }),
    seed: Flags.integer({
      description: 'Seed of the generator; the same seed makes the same shop.',
      default: 1,
      helpValue: 'S',
    }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(Deploy);
    const platform = await this.platform();
    const { environmentConfig } = await this.settings();
    const work = async () =>
      deployPlatform(
        {
          orders: flags.orders,
          days: flags.days,
          seed: flags.seed,
          signal: this.signal,
          ...(flags.stack === undefined ? {} : { stacks: flags.stack }),
          approve: approveDeploy({
            prompts: this.prompts,
            confirm: flags.confirm,
            planFile: flags.plan,
            show: (text) => this.say(text),
          }),
        },
        {
          lifecycle: await platform.lifecycle(),
          notify: this.stepTeller(),
        },
      );
    const result = await this.change(work, ({ changed }) => ({ changed }));
    await this.print(formatDeploy({ name: platform.environment, kind: environmentConfig.kind }, result));
    return { environment: platform.environment, ...result };
  }
}
