import * as Args from '@oclif/core/args';
import { DpCommand } from '../../src/cli/base-command.ts';
import { formatRotation, rotationLine } from '../../src/cli/format/secrets.ts';
import { rotatedSecrets } from '../../src/operations/change-outcomes.ts';
import { rotateSecrets } from '../../src/operations/rotate-secrets.ts';

export default class SecretsRollback extends DpCommand {
  static override summary = 'Go back to the password before the current one.';
  static override description =
    'Not just the label: the database is given the earlier password again, every consumer logs in with it, and the one rolled back from is refused, unless it is the other’s of two users who take turns. Done twice, it is as before.';
  static override examples = [
    '<%= config.bin %> secrets rollback etl_reader',
    '<%= config.bin %> secrets rollback shop_api --json',
  ];
  static override args = {
    name: Args.string({ description: 'The secret, as dp secrets list names it.', required: true }),
  };

  async run(): Promise<object> {
    const { args } = await this.parse(SecretsRollback);
    const work = async () =>
      rotateSecrets(
        { name: args.name, to: 'previous', signal: this.signal },
        {
          secrets: await (await this.platform()).secrets(),
          notify: (event) => this.say(rotationLine(event, this.paint())),
        },
      );
    const result = await this.change(work, rotatedSecrets);
    for (const one of result.rotated) await this.print(formatRotation(one, this.paint(process.stdout)));
    return result;
  }
}
