import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../src/cli/base-command.ts';
import { formatHistory } from '../src/cli/format/history.ts';
import { listHistory } from '../src/operations/list-history.ts';

export default class History extends DpCommand {
  static override summary = 'List every change dp made here: who, when, why, and how to undo it.';
  static override description =
    'Newest first, from the journal in .dp/journal and, on AWS, from the one that the whole team writes. A change that was killed is in it as unfinished. --reason on the command that changes something is kept with it.';
  static override examples = [
    '<%= config.bin %> history',
    '<%= config.bin %> history --last 5 --json',
    '<%= config.bin %> secrets rotate etl_reader --reason "leaving colleague"',
  ];
  static override flags = {
    last: Flags.integer({ description: 'Changes to show.', default: 20, min: 1, helpValue: 'N' }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(History);
    const journal = await (await this.platform()).journal();
    const result = await listHistory({ entriesMax: flags.last }, { journal });
    await this.print(formatHistory(result.entries));
    return result;
  }
}
