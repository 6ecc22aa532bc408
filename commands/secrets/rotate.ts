import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { formatRotation, rotationLine } from '../../src/cli/format/secrets.ts';
import { oneOrAll } from '../../src/cli/one-or-all.ts';
import { rotatedSecrets } from '../../src/operations/change-outcomes.ts';
import { rotateSecrets } from '../../src/operations/rotate-secrets.ts';

export default class SecretsRotate extends DpCommand {
  static override summary = 'Change a password, and prove that everybody can log in.';
  static override description =
    'Creates, sets, tests and finishes, on AWS by the function of Secrets Manager; then logs in as every consumer and shows which old password is refused: the one before, or, where two users take turns, the one before that. When a step fails, the old password is put back in the database.';
  static override examples = [
    '<%= config.bin %> secrets rotate etl_reader',
    '<%= config.bin %> secrets rotate --all --json',
  ];
  static override args = {
    name: Args.string({ description: 'The secret, as dp secrets list names it.' }),
  };
  static override flags = {
    all: Flags.boolean({ description: 'Rotate every secret, one after the other.' }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(SecretsRotate);
    const name = oneOrAll({ name: args.name, all: flags.all, what: 'the secret' });
    const work = async () =>
      rotateSecrets(
        { name, to: 'new', signal: this.signal },
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
