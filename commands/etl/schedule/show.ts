import { DpCommand } from '../../../src/cli/base-command.ts';
import { formatSchedule } from '../../../src/cli/format/schedule.ts';
import { showSchedule } from '../../../src/operations/show-schedule.ts';

export default class EtlScheduleShow extends DpCommand {
  static override summary = 'Show when the daily load starts by itself.';
  static override description =
    'The expression, its time zone, whether it is paused, and the next start with the day it will load.';
  static override examples = ['<%= config.bin %> etl schedule show'];

  async run(): Promise<object> {
    await this.parse(EtlScheduleShow);
    const schedule = await showSchedule(await (await this.platform()).schedule());
    await this.print(formatSchedule(schedule));
    return schedule;
  }
}
