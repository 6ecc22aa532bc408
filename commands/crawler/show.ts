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
    'Compares names, types and, where known, NULLs of the crawled columns with what the contracts in src/lake read. Exit 3 when something is gone or has another type.';
  static override examples = ['<%= config.bin %> crawler show local-data-pipeline-sample-aurora'];
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
    const drift = crawledDrift({ kind: crawler.kind, found: tables }, await readLakeTables());
    const rows = [
      ['state', crawler.state],
      ['schedule', crawler.schedule ?? 'when asked'],
      ['looks at', crawler.targets.join(', ')],
      ['tables', tables.map((table) => table.name).join(', ')],
      ...drift.broken.map((what) => ['differs', what]),
      ...drift.extra.map((what) => ['beside', what]),
    ];
    await this.print(drawTable(['', args.name], rows));
    for (const step of drift.nextSteps) await this.print(`Try: ${step}`);
    if (drift.broken.length > 0) this.endWith(EXIT_CODES['not-ready']);
    return { ...crawler, tables: tables.map(({ name, columns }) => ({ name, columns })), drift };
  }
}
