import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { formatSecret } from '../../src/cli/format/secrets.ts';
import { copySecret, runWithSecret } from '../../src/cli/hand-on-secret.ts';
import { confirmMild } from '../../src/cli/prompts.ts';
import { showSecret } from '../../src/operations/show-secret.ts';

export default class SecretsShow extends DpCommand {
  static override summary = 'Show one login, with its value hidden.';
  static override description =
    '--reveal shows the password after a question. --copy puts it on the clipboard and --exec gives it to a command in DP_SECRET_USERNAME, DP_SECRET_PASSWORD and MYSQL_PWD, both without showing it.';
  static override examples = [
    '<%= config.bin %> secrets show etl_reader',
    '<%= config.bin %> secrets show etl_reader --exec "python3 report.py"',
    '<%= config.bin %> secrets show etl_reader --reveal --yes',
  ];
  static override args = {
    name: Args.string({ description: 'The secret, as dp secrets list names it.', required: true }),
  };
  static override flags = {
    reveal: Flags.boolean({ description: 'Show the password. Asks first; --yes agrees.' }),
    copy: Flags.boolean({ description: 'Copy the password to the clipboard.', exclusive: ['reveal'] }),
    exec: Flags.string({
      description: 'Command to run with the login in its environment.',
      helpValue: 'COMMAND',
      exclusive: ['reveal', 'copy'],
    }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(SecretsShow);
    const { exec } = flags;
    const handsOn = flags.copy || exec !== undefined;
    const result = await showSecret(
      { name: args.name, value: flags.reveal ? 'reveal' : handsOn ? 'hand-on' : 'hide' },
      {
        secrets: await (await this.platform()).secrets(),
        clock: this.clock,
        confirm: () => confirmMild(`Showing the password of ${args.name} on this terminal`, this.prompts),
        handOn: (value) =>
          exec === undefined
            ? copySecret(value)
            : runWithSecret({ command: exec, json: this.jsonEnabled() }, value),
      },
    );
    if (flags.copy) this.say(`The password of ${args.name} is on the clipboard.`);
    if (!handsOn) await this.print(formatSecret(result));
    return result;
  }
}
