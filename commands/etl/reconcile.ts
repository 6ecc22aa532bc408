import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { dayFlags, dayRange } from '../../src/cli/day-range.ts';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { formatReconcile } from '../../src/cli/format/etl-day.ts';
import { etlEventLine } from '../../src/cli/format/etl-run.ts';
import { healedDays } from '../../src/operations/change-outcomes.ts';
import { openEtl } from '../../src/operations/open-etl.ts';
import { reconcile } from '../../src/operations/reconcile.ts';
import type { EtlEvent } from '../../src/operations/run-etl.ts';

export default class EtlReconcile extends DpCommand {
  static override summary = 'Compare published days with the database, and heal those that differ.';
  static override description =
    'Counts, sums and checksums find late updates, late inserts and deletes. Days that differ become stale, or are loaded again with --heal. Exit 3 when days differ and --heal was not given.';
  static override examples = [
    '<%= config.bin %> etl reconcile --from 2026-11-01 --to 2026-11-22',
    '<%= config.bin %> etl reconcile --from 2026-11-01 --to 2026-11-22 --heal',
  ];
  static override flags = {
    ...dayFlags,
    heal: Flags.boolean({ description: 'Load the days that differ again.' }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(EtlReconcile);
    const etl = await openEtl(await this.platform(), await this.settings());
    const work = async () =>
      reconcile(
        { ...dayRange(flags), heal: flags.heal },
        { ...etl, signal: this.signal, notify: (event) => this.sayEvent(event) },
      );
    const result = await (flags.heal ? this.change(work, healedDays) : work());
    await this.print(formatReconcile(result));
    this.endWith(EXIT_CODES[result.end]);
    return { days: result.days };
  }

  private sayEvent(event: EtlEvent): void {
    const line = etlEventLine(event, this.paint());
    if (line !== undefined) this.say(line);
  }
}
