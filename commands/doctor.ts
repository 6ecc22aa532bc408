import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../src/cli/base-command.ts';
import { EXIT_CODES } from '../src/cli/exit-codes.ts';
import { formatDiagnosis } from '../src/cli/format/diagnosis.ts';
import { diagnosePlatform } from '../src/operations/diagnose-platform.ts';

export default class Doctor extends DpCommand {
  static override summary = 'Find what is broken, and the command that fixes it.';
  static override description =
    'Looks at the whole way, from the configuration to the freshness of the data; what is independent at the same time, each within a limit. Changes nothing unless --fix is given. Exit 3 when something is broken.';
  static override examples = [
    '<%= config.bin %> doctor',
    '<%= config.bin %> doctor --fix',
    '<%= config.bin %> doctor --json',
  ];
  static override flags = {
    fix: Flags.boolean({
      description:
        'Repair what can be repaired without losing anything: start the local server, give the database the current passwords, apply migrations in local.',
    }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(Doctor);
    const result = await diagnosePlatform(
      { fix: flags.fix === true },
      {
        open: async () => ({ platform: await this.platform(), ...(await this.settings()) }),
        nowMs: () => performance.now(),
        signal: this.signal,
        looked: ({ done, total }) => this.progress(done, total, 'hops looked at'),
        repairing: (hop) => this.say(`Repairing ${hop} …`),
      },
    );
    await this.print(formatDiagnosis(result, this.paint(process.stdout)));
    this.endWith(result.light === 'red' ? EXIT_CODES['not-ready'] : EXIT_CODES.ok);
    return result;
  }
}
