import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../src/cli/base-command.ts';
import { formatCost } from '../src/cli/format/cost-table.ts';
import { pricePlatform } from '../src/operations/price-platform.ts';

export default class Cost extends DpCommand {
  static override summary = 'Show what an AWS environment costs a month, by component.';
  static override description =
    'Counts the resources of the templates and prices them by the list in dp; works offline. Shows the month with and without RDS Proxy, crawlers hourly or daily, NAT or endpoints.';
  static override examples = [
    '<%= config.bin %> cost --env staging',
    '<%= config.bin %> cost --env production --requests 5000000 --json',
  ];
  static override flags = {
    requests: Flags.integer({
      description: 'API requests a month. Default: 100000.',
      min: 0,
      helpValue: 'N',
    }),
    'database-gb': Flags.integer({
      description: 'Size of the database in GB. Default: 10.',
      min: 0,
      helpValue: 'GB',
    }),
    'lake-gb': Flags.integer({
      description: 'Size of the lake in GB. Default: 10.',
      min: 0,
      helpValue: 'GB',
    }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(Cost);
    const platform = await this.platform();
    const result = await pricePlatform(
      {
        environment: platform.environment,
        usage: {
          ...(flags.requests === undefined ? {} : { apiRequests: flags.requests }),
          ...(flags['database-gb'] === undefined ? {} : { databaseGb: flags['database-gb'] }),
          ...(flags['lake-gb'] === undefined ? {} : { lakeGb: flags['lake-gb'] }),
        },
      },
      { stacks: await platform.stacks() },
    );
    await this.print(formatCost(result));
    return result;
  }
}
