import { DpCommand } from '../../../src/cli/base-command.ts';
import { formatSchedule } from '../../../src/cli/format/schedule.ts';
import { showSchedule } from '../../../src/operations/show-schedule.ts';

export default class EtlScheduleResume extends DpCommand {
  static override summary = 'Let the daily load start by itself again.';
  static override description =
    'Days that were missed meanwhile are not made up for: dp etl run --only missing does that.';
  static override examples = ['<%= config.bin %> etl schedule resume'];

  async run(): Promise<object> {
    await this.parse(EtlScheduleResume);
    const schedule = await (await this.platform()).schedule();
    await schedule.change({ enabled: true });
    const shown = await showSchedule(schedule);
    await this.print(formatSchedule(shown));
    return shown;
  }
}
