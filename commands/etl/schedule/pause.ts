import { DpCommand } from '../../../src/cli/base-command.ts';
import { formatSchedule } from '../../../src/cli/format/schedule.ts';
import { changeSchedule, scheduleOutcome } from '../../../src/operations/change-schedule.ts';

export default class EtlSchedulePause extends DpCommand {
  static override summary = 'Keep the daily load from starting by itself.';
  static override description =
    'Runs that have begun go on. Paused days stay missing until dp etl run loads them.';
  static override examples = ['<%= config.bin %> etl schedule pause'];

  async run(): Promise<object> {
    await this.parse(EtlSchedulePause);
    const schedule = await (await this.platform()).schedule();
    const { shown } = await this.change(() => changeSchedule({ enabled: false }, schedule), scheduleOutcome);
    await this.print(formatSchedule(shown));
    return shown;
  }
}
