import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { oneDay } from '../../src/cli/day-range.ts';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { jobEventLine } from '../../src/cli/format/job-events.ts';
import { openJobDays } from '../../src/operations/open-job-days.ts';
import { attachDay } from '../../src/operations/run-job-days.ts';

export default class EtlAttach extends DpCommand {
  static override summary = 'Follow the run of a day that was started before, by anybody.';
  static override description =
    'Shows the states and lines of the newest run of the job for the day until it has ended. Ctrl-C leaves the run alone.';
  static override examples = ['<%= config.bin %> etl attach --date 2026-11-22'];
  static override flags = {
    date: Flags.string({ description: 'The day (JST).', required: true, helpValue: 'YYYY-MM-DD' }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(EtlAttach);
    const date = oneDay(flags.date);
    const day = await attachDay(date, {
      ...(await openJobDays(await this.platform())),
      signal: this.signal,
      notify: (event) => {
        const line = jobEventLine(event, this.paint());
        if (line !== undefined) this.say(line);
      },
    });
    if (day.error !== undefined) this.endWith(EXIT_CODES.failed);
    await this.print(`${day.date}  ${day.state}`);
    return day;
  }
}
