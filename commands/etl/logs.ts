import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { oneDay } from '../../src/cli/day-range.ts';
import { logLine } from '../../src/cli/format/job-events.ts';
import { followLogs, latestRunOf } from '../../src/operations/follow-logs.ts';

export default class EtlLogs extends DpCommand {
  static override summary = 'Show what the run of a day has written.';
  static override description =
    "The lines of the newest run of the job for the day: from CloudWatch on AWS, from the run's own log here.";
  static override examples = ['<%= config.bin %> etl logs --date 2026-11-22 --follow'];
  static override flags = {
    date: Flags.string({ description: 'The day (JST).', required: true, helpValue: 'YYYY-MM-DD' }),
    follow: Flags.boolean({ description: 'Go on until the run has ended.' }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(EtlLogs);
    const date = oneDay(flags.date);
    const jobs = await (await this.platform()).jobs();
    const run = await latestRunOf(date, jobs);
    const write = async (text: string): Promise<void> => {
      const line = logLine({ text, day: date }, this.paint(process.stdout));
      if (line !== undefined) await this.print(line);
    };
    return followLogs({ run, follow: flags.follow }, { jobs, signal: this.signal, write });
  }
}
