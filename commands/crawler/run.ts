import * as Args from '@oclif/core/args';
import { DpCommand } from '../../src/cli/base-command.ts';

export default class CrawlerRun extends DpCommand {
  static override summary = 'Start a crawler.';
  static override description =
    'Starts a crawl now, beside its schedule. A crawler that runs already is left alone. On this machine a crawl ends before the command does.';
  static override examples = ['<%= config.bin %> crawler run local-data-pipeline-sample-aurora'];
  static override args = { name: Args.string({ description: 'The crawler.', required: true }) };

  async run(): Promise<object> {
    const { args } = await this.parse(CrawlerRun);
    const crawlers = await (await this.platform()).crawlers();
    const started = await this.change(
      () => crawlers.start(args.name),
      (changed) => ({ changed, ids: { crawler: args.name } }),
    );
    const [crawl] = started ? await crawlers.history(args.name, 1) : [];
    const end =
      crawl?.state === 'succeeded' && crawl.summary !== null ? ` It has ended: ${crawl.summary}.` : '';
    await this.print(started ? `Started ${args.name}.${end}` : `${args.name} runs already.`);
    return { crawler: args.name, started };
  }
}
