import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { parseAge } from '../../src/cli/day-range.ts';
import { formatBytes, formatCount } from '../../src/cli/format/quantity.ts';
import { collectGarbage } from '../../src/operations/collect-garbage.ts';
import { openEtl } from '../../src/operations/open-etl.ts';

export default class EtlGc extends DpCommand {
  static override summary = 'Delete files of the lake that no reader can reach.';
  static override description =
    'Landed files, and files of runs that are neither published nor the version before nor running. Manifests stay.';
  static override examples = [
    '<%= config.bin %> etl gc --older-than 7d',
    '<%= config.bin %> etl gc --older-than 1d --dry-run',
  ];
  static override flags = {
    'older-than': Flags.string({
      description: 'Least age of what is deleted: days, hours or minutes.',
      default: '7d',
      helpValue: 'AGE',
    }),
    'dry-run': Flags.boolean({ description: 'Say what would go, and delete nothing.' }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(EtlGc);
    const olderThanMs = parseAge(flags['older-than']);
    const etl = await openEtl(await this.platform(), await this.settings());
    const work = async () => collectGarbage({ olderThanMs, dryRun: flags['dry-run'] }, etl);
    const result = await this.change(work, ({ dryRun, objects }) => ({ changed: !dryRun && objects > 0 }));
    const verb = result.dryRun ? 'Would delete' : 'Deleted';
    await this.print(`${verb} ${formatCount(result.objects, 'file')}, ${formatBytes(result.bytes)}.`);
    return result;
  }
}
