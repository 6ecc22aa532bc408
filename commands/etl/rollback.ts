import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { dayRange } from '../../src/cli/day-range.ts';
import { rolledBackDay } from '../../src/operations/change-outcomes.ts';
import { openEtl } from '../../src/operations/open-etl.ts';
import { rollbackDay } from '../../src/operations/rollback-day.ts';

export default class EtlRollback extends DpCommand {
  static override summary = 'Point a day back at what was published before.';
  static override description =
    'Switches every table of the day to the files of the earlier run; nothing is deleted. Done twice it goes back twice. dp etl run loads the day anew.';
  static override examples = [
    '<%= config.bin %> etl rollback --date 2026-11-22',
    '<%= config.bin %> etl rollback --date 2026-11-22 --to-run 20261123T170001123Z-3f9a2c',
  ];
  static override flags = {
    date: Flags.string({ description: 'The day (JST).', helpValue: 'YYYY-MM-DD', required: true }),
    'to-run': Flags.string({
      description: 'Run to return to. Default: the one published before the current one.',
      helpValue: 'RUN',
    }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(EtlRollback);
    const { from: date } = dayRange(flags);
    const toRunId = flags['to-run'];
    const etl = await openEtl(await this.platform(), await this.settings());
    const input = { date, ...(toRunId === undefined ? {} : { toRunId }) };
    const result = await this.change(() => rollbackDay(input, etl), rolledBackDay);
    await this.print(`${date}: readers saw run ${result.fromRunId}, and now see run ${result.toRunId}.`);
    return result;
  }
}
