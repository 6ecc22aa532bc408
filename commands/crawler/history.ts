import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { clockText } from '../../src/cli/format/moment.ts';
import { drawTable } from '../../src/cli/format/table.ts';

export default class CrawlerHistory extends DpCommand {
  static override summary = 'List the last crawls and what each changed in the catalog.';
  static override description =
    "For each crawl the service's own summary of the tables and partitions it added, updated or deleted.";
  static override examples = ['<%= config.bin %> crawler history local-data-pipeline-sample-aurora'];
  static override args = { name: Args.string({ description: 'The crawler.', required: true }) };
  static override flags = {
    limit: Flags.integer({ description: 'Crawls to show.', default: 20, min: 1, max: 100, helpValue: 'N' }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CrawlerHistory);
    const crawls = await (await (await this.platform()).crawlers()).history(args.name, flags.limit);
    const rows = crawls.map((crawl) =>
      [clockText(crawl.startedAt ?? ''), crawl.state, crawl.error ?? crawl.summary].map((cell) => cell ?? ''),
    );
    await this.print(drawTable(['started (JST)', 'state', 'what changed'], rows));
    return { crawls };
  }
}
