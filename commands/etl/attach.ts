import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { jobEventLine } from '../../src/cli/format/job-events.ts';
import { parseDay } from '../../src/etl/business-day.ts';
import { attachDay } from '../../src/operations/run-job-days.ts';
import { systemClock } from '../../src/std/clock.ts';
import { pause } from '../../src/std/deadline.ts';

export default class EtlAttach extends DpCommand {
  static override summary = 'Follow the run of a day that was started before, by anybody.';
  static override examples = ['<%= config.bin %> etl attach --date 2026-11-22 --env staging'];
  static override flags = {
    date: Flags.string({ description: 'The day (JST).', required: true, helpValue: 'YYYY-MM-DD' }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(EtlAttach);
    const date = parseDay(flags.date);
    const platform = await this.platform();
    const day = await attachDay(date, {
      jobs: await platform.jobs(),
      lake: await platform.lake(),
      clock: systemClock,
      random: () => '000000',
      pause,
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
