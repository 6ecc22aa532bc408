import { DpCommand } from '../../../src/cli/base-command.ts';
import { formatSchedule } from '../../../src/cli/format/schedule.ts';
import { changeSchedule, scheduleOutcome } from '../../../src/operations/change-schedule.ts';

export default class EtlScheduleResume extends DpCommand {
  static override summary = 'Let the daily load start by itself again.';
  static override description =
    'Days that were missed meanwhile are not made up for: dp etl run --only missing does that.';
  static override examples = ['<%= config.bin %> etl schedule resume'];

  async run(): Promise<object> {
    await this.parse(EtlScheduleResume);
    const schedule = await (await this.platform()).schedule();
    const { shown } = await this.change(() => changeSchedule({ enabled: true }, schedule), scheduleOutcome);
    await this.print(formatSchedule(shown));
    return shown;
  }
}
