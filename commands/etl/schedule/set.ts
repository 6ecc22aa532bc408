import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../../src/cli/base-command.ts';
import { formatSchedule } from '../../../src/cli/format/schedule.ts';
import { changeSchedule, scheduleOutcome } from '../../../src/operations/change-schedule.ts';

export default class EtlScheduleSet extends DpCommand {
  static override summary = 'Choose when the daily load starts.';
  static override description =
    'Changes only the time, until the next dp deploy sets what the project says. The zone, the target and its retries stay.';
  static override examples = ['<%= config.bin %> etl schedule set --time 03:30'];
  static override flags = {
    time: Flags.string({
      description: 'The time of day, in the zone of the schedule.',
      required: true,
      helpValue: 'HH:MM',
    }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(EtlScheduleSet);
    const schedule = await (await this.platform()).schedule();
    const { shown } = await this.change(
      () => changeSchedule({ time: flags.time }, schedule),
      scheduleOutcome,
    );
    await this.print(formatSchedule(shown));
    return shown;
  }
}
