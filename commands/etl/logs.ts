import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { oneDay } from '../../src/cli/day-range.ts';
import { followLogs, latestRunOf } from '../../src/operations/follow-logs.ts';

export default class EtlLogs extends DpCommand {
  static override summary = 'Show what the run of a day has written.';
  static override description = 'The lines of the newest run of the day, from CloudWatch.';
  static override examples = ['<%= config.bin %> etl logs --date 2026-11-22 --env staging --follow'];
  static override flags = {
    date: Flags.string({ description: 'The day (JST).', required: true, helpValue: 'YYYY-MM-DD' }),
    follow: Flags.boolean({ description: 'Go on until the run has ended.' }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(EtlLogs);
    const date = oneDay(flags.date);
    const jobs = await (await this.platform()).jobs();
    const run = await latestRunOf(date, jobs);
    return followLogs(
      { run, follow: flags.follow },
      { jobs, signal: this.signal, write: (text) => this.print(text) },
    );
  }
}
