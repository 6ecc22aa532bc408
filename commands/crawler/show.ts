import * as Args from '@oclif/core/args';
import { DpCommand } from '../../src/cli/base-command.ts';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { drawTable } from '../../src/cli/format/table.ts';
import { crawledDrift } from '../../src/operations/crawled-drift.ts';
import { jobUnknown } from '../../src/operations/job-errors.ts';
import { readLakeTables } from '../../src/operations/read-lake-tables.ts';

export default class CrawlerShow extends DpCommand {
  static override summary = 'Show a crawler, and how the tables it found differ from what the lake reads.';
  static override description =
    'Compares the columns of the crawled tables with those the contracts in src/lake read. Exit 3 when some are gone.';
  static override examples = [
    '<%= config.bin %> crawler show staging-data-pipeline-sample-aurora --env staging',
  ];
  static override args = { name: Args.string({ description: 'The crawler.', required: true }) };

  async run(): Promise<object> {
    const { args } = await this.parse(CrawlerShow);
    const platform = await this.platform();
    const crawlers = await platform.crawlers();
    const crawler = await crawlers.find(args.name);
    if (crawler === undefined)
      throw jobUnknown(
        'crawler',
        args.name,
        (await crawlers.list()).map((one) => one.name),
      );
    const tables =
      crawler.database === null ? [] : await (await platform.catalog()).listTables(crawler.database);
    const drift = crawledDrift(tables, await readLakeTables());
    const rows = [
      ['state', crawler.state],
      ['schedule', crawler.schedule ?? 'when asked'],
      ['looks at', crawler.targets.join(', ')],
      ['tables', tables.map((table) => table.name).join(', ')],
      ...drift.map((what) => ['differs', what]),
    ];
    await this.print(drawTable(['', args.name], rows));
    if (drift.length > 0) this.endWith(EXIT_CODES['not-ready']);
    return { ...crawler, tables: tables.map(({ name, columns }) => ({ name, columns })), drift };
  }
}
