import { DpCommand } from '../../src/cli/base-command.ts';
import { drawTable } from '../../src/cli/format/table.ts';

export default class CrawlerList extends DpCommand {
  static override summary = 'List the crawlers, what they look at, and how the last crawl ended.';
  static override description =
    "Crawlers only look and write down schemas; the lake's published tables are defined by the load itself.";
  static override examples = ['<%= config.bin %> crawler list'];

  async run(): Promise<object> {
    await this.parse(CrawlerList);
    const crawlers = await (await (await this.platform()).crawlers()).list();
    const rows = crawlers.map((one) => [
      one.name,
      one.state,
      one.schedule ?? 'when asked',
      one.lastCrawl?.state ?? 'never',
      one.targets.join(', '),
    ]);
    await this.print(drawTable(['crawler', 'state', 'schedule (UTC)', 'last crawl', 'looks at'], rows));
    return { crawlers };
  }
}
