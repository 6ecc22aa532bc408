import { DpCommand } from '../../../src/cli/base-command.ts';
import { clockText } from '../../../src/cli/format/moment.ts';
import { drawTable } from '../../../src/cli/format/table.ts';
import { showSchedule } from '../../../src/operations/show-schedule.ts';

export default class EtlScheduleNext extends DpCommand {
  static override summary = 'List the next starts, and the day each will load.';
  static override description =
    'The schedule runs in its own zone; the days are Japanese days, each loaded after it has ended.';
  static override examples = ['<%= config.bin %> etl schedule next'];

  async run(): Promise<object> {
    await this.parse(EtlScheduleNext);
    const { name, enabled, kept, next } = await showSchedule(await (await this.platform()).schedule());
    await this.print(
      drawTable(
        ['starts at (JST)', 'loads'],
        (next ?? []).map(({ at, day }) => [clockText(at), day]),
      ),
    );
    return { name, enabled, kept, next };
  }
}
