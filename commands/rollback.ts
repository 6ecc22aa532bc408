import { DpCommand } from '../src/cli/base-command.ts';
import { stackFlag } from '../src/cli/flags.ts';
import { confirmMild } from '../src/cli/prompts.ts';
import { rollBackPlatform } from '../src/operations/roll-back-platform.ts';

export default class Rollback extends DpCommand {
  static override summary = 'Bring stacks that a failed deploy left halfway back to their last good state.';
  static override description =
    'Only stacks that are stuck are touched. A day of data is rolled back with dp etl rollback instead.';
  static override examples = [
    '<%= config.bin %> rollback --env staging',
    '<%= config.bin %> rollback --env staging --stack api --yes',
  ];
  static override flags = { stack: stackFlag };

  async run(): Promise<object> {
    const { flags } = await this.parse(Rollback);
    const platform = await this.platform();
    const { environment } = platform;
    const work = async () =>
      rollBackPlatform(
        { environment, ...(flags.stack === undefined ? {} : { stacks: flags.stack }) },
        {
          stacks: await platform.stacks(),
          confirm: () => confirmMild(`Roll back the stuck stacks of ${environment}`, this.prompts),
          notify: (line) => this.say(line),
        },
      );
    const result = await this.change(work, ({ rolledBack }) => ({
      changed: rolledBack.length > 0,
      ids: Object.fromEntries(rolledBack.map((stack) => [stack, 'rolled back'])),
    }));
    await this.print(`Rolled back: ${result.rolledBack.join(', ') || 'nothing'}.`);
    return result;
  }
}
