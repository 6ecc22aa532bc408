import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { runBuiltinShell } from '../../src/cli/builtin-shell.ts';
import { openShell } from '../../src/operations/open-shell.ts';

export default class DbShell extends DpCommand {
  static override summary = 'Open an interactive SQL shell on the shop’s database.';
  static override description =
    'Uses the mariadb or mysql client when this machine has one, else dp’s own prompt. Logs in as etl_reader, who only reads, unless --user says otherwise. The password never appears in a process list.';
  static override examples = [
    '<%= config.bin %> db shell',
    '<%= config.bin %> db shell --user shop_api',
    '<%= config.bin %> db shell --builtin',
  ];
  static override flags = {
    user: Flags.string({
      description: 'Database user to log in as.',
      options: ['etl_reader', 'shop_api', 'admin'] as const,
      default: 'etl_reader',
    }),
    builtin: Flags.boolean({ description: 'Use dp’s own prompt even when there is a client.' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(DbShell);
    const database = await (await this.platform()).database();
    const user = flags.user as 'etl_reader' | 'shop_api' | 'admin';
    const exitCode = await openShell(
      { user, builtin: flags.builtin },
      {
        database,
        // From here on Ctrl-C is the client's: it clears a line there and does not end dp.
        handOver: () => this.ignoreInterrupts(),
        runBuiltin: (session) =>
          runBuiltinShell({ session, historyPath: database.historyPath, prompt: `${user}@${database.name}` }),
      },
    );
    this.endWith(exitCode);
  }
}
