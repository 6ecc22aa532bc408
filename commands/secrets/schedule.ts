import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { formatSecretSchedule } from '../../src/cli/format/secrets.ts';
import { scheduledSecret } from '../../src/operations/change-outcomes.ts';
import { daysOfInterval, scheduleSecret } from '../../src/operations/schedule-secret.ts';

export default class SecretsSchedule extends DpCommand {
  static override summary = 'Show or choose how often a login is rotated.';
  static override description =
    'On AWS Secrets Manager rotates by itself when it is time. In local nothing does: dp secrets list, dp status and dp doctor say when one is due.';
  static override examples = [
    '<%= config.bin %> secrets schedule etl_reader',
    '<%= config.bin %> secrets schedule etl_reader --every 30d',
    '<%= config.bin %> secrets schedule etl_reader --off',
  ];
  static override args = {
    name: Args.string({ description: 'The secret, as dp secrets list names it.', required: true }),
  };
  static override flags = {
    every: Flags.string({ description: 'Days or weeks between rotations.', helpValue: '30d' }),
    off: Flags.boolean({ description: 'Take the schedule away.', exclusive: ['every'] }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(SecretsSchedule);
    const changes = flags.off === true || flags.every !== undefined;
    const everyDays = flags.every === undefined ? (flags.off ? null : 'keep') : daysOfInterval(flags.every);
    const work = async () =>
      scheduleSecret(
        { name: args.name, everyDays },
        { secrets: await (await this.platform()).secrets(), clock: this.clock },
      );
    const result = changes ? await this.change(work, scheduledSecret) : await work();
    await this.print(formatSecretSchedule(result));
    const { name, rotatedBy, nextRotationAt, isDue } = result;
    return { name, rotatedBy, everyDays: result.everyDays, nextRotationAt, isDue };
  }
}
