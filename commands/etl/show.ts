import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { dayRange } from '../../src/cli/day-range.ts';
import { formatDay } from '../../src/cli/format/etl-day.ts';
import { openEtl } from '../../src/operations/open-etl.ts';
import { showDay } from '../../src/operations/show-day.ts';

export default class EtlShow extends DpCommand {
  static override summary = 'Show what is known of one day.';
  static override description =
    'The published run with its rows, sums, checksums and checks, and every run of the day.';
  static override examples = [
    '<%= config.bin %> etl show --date 2026-11-22',
    '<%= config.bin %> etl show --date 2026-11-22 --json',
  ];
  static override flags = {
    date: Flags.string({ description: 'The day (JST).', helpValue: 'YYYY-MM-DD', required: true }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(EtlShow);
    const { from: date } = dayRange(flags);
    const etl = await openEtl(await this.platform(), await this.settings());
    const result = await showDay({ date }, etl);
    await this.print(formatDay(result));
    return result;
  }
}
