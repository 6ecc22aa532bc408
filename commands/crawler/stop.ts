import * as Args from '@oclif/core/args';
import { DpCommand } from '../../src/cli/base-command.ts';

export default class CrawlerStop extends DpCommand {
  static override summary = 'Stop a crawler that runs.';
  static override description = 'What the crawl has found so far stays in the catalog.';
  static override examples = ['<%= config.bin %> crawler stop local-data-pipeline-sample-aurora'];
  static override args = { name: Args.string({ description: 'The crawler.', required: true }) };

  async run(): Promise<object> {
    const { args } = await this.parse(CrawlerStop);
    const crawlers = await (await this.platform()).crawlers();
    const stopped = await this.change(
      () => crawlers.stop(args.name),
      (changed) => ({ changed, ids: { crawler: args.name } }),
    );
    await this.print(stopped ? `Stopping ${args.name}.` : `${args.name} does not run.`);
    return { crawler: args.name, stopped };
  }
}
