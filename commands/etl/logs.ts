import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { parseDay } from '../../src/etl/business-day.ts';
import { followLogs, latestRunOf } from '../../src/operations/follow-logs.ts';
import { pause } from '../../src/std/deadline.ts';

export default class EtlLogs extends DpCommand {
  static override summary = 'Show what the run of a day has written.';
  static override examples = ['<%= config.bin %> etl logs --date 2026-11-22 --env staging --follow'];
  static override flags = {
    date: Flags.string({ description: 'The day (JST).', required: true, helpValue: 'YYYY-MM-DD' }),
    follow: Flags.boolean({ description: 'Go on until the run has ended.' }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(EtlLogs);
    const date = parseDay(flags.date);
    const jobs = await (await this.platform()).jobs();
    const run = await latestRunOf(date, jobs);
    return followLogs(
      { run, follow: flags.follow },
      { jobs, pause, signal: this.signal, write: (text) => this.print(text) },
    );
  }
}
