import { DpCommand } from '../../src/cli/base-command.ts';
import { dayFlags, openDayRange } from '../../src/cli/day-range.ts';
import { formatCalendar } from '../../src/cli/format/etl-calendar.ts';
import { etlStatus } from '../../src/operations/etl-status.ts';
import { mergeRuns } from '../../src/operations/merge-runs.ts';
import { openEtl } from '../../src/operations/open-etl.ts';

export default class EtlStatus extends DpCommand {
  static override summary = 'Show which days are loaded, as a calendar.';
  static override description =
    'What the lake says of each day, with the runs of the job that live and the next start: missing, running, failed, stale, loaded or verified. A day becomes stale when dp etl reconcile finds that the database has changed.';
  static override examples = [
    '<%= config.bin %> etl status',
    '<%= config.bin %> etl status --from 2026-11-01 --to 2026-11-30 --json',
  ];
  static override flags = { from: dayFlags.from, to: dayFlags.to };

  async run(): Promise<object> {
    const { flags } = await this.parse(EtlStatus);
    const platform = await this.platform();
    const settings = await this.settings();
    const etl = await openEtl(platform, settings);
    const ledger = await etlStatus(openDayRange(flags), etl);
    const result = await mergeRuns(ledger, platform);
    await this.print(formatCalendar(result.days, this.paint(process.stdout)));
    if (result.next !== null) await this.print(`Next: ${result.next.day}, at ${result.next.at}.`);
    return result;
  }
}
