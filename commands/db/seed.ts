import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { confirmFlag } from '../../src/cli/flags.ts';
import { formatCount } from '../../src/cli/format/quantity.ts';
import { confirmByName } from '../../src/cli/prompts.ts';
import { seedDatabase } from '../../src/operations/seed-database.ts';

export default class DbSeed extends DpCommand {
  static override summary = 'Fill the shop with generated customers, products and orders.';
  static override description =
    'The same seed, orders, days and last day make the same shop, at any size. A shop that holds rows is only replaced with --replace, after a confirmation.';
  static override examples = [
    '<%= config.bin %> db seed --orders 50000 --days 30 --seed 1',
    '<%= config.bin %> db seed --orders 1000000 --days 365 --seed 7 --replace --confirm local',
  ];
  static override flags = {
    orders: Flags.integer({ description: 'Orders to generate.', default: 50_000, min: 1, helpValue: 'N' }),
    days: Flags.integer({ description: 'Days the orders spread over.', default: 30, min: 1, helpValue: 'N' }),
    seed: Flags.integer({ description: 'Seed of the generator.', default: 1, helpValue: 'S' }),
    'last-day': Flags.string({
      description: 'Last JST day of the shop. Default: yesterday.',
      helpValue: 'YYYY-MM-DD',
    }),
    replace: Flags.boolean({ description: 'Delete the shop’s rows first.' }),
    confirm: confirmFlag,
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(DbSeed);
    const platform = await this.platform();
    const name = platform.environment;
    const what = `Seeding with --replace deletes every row of the shop in ${name}`;
    const work = async () =>
      seedDatabase(
        {
          orders: flags.orders,
          days: flags.days,
          seed: flags.seed,
          replace: flags.replace,
          signal: this.signal,
          ...(flags['last-day'] === undefined ? {} : { lastDay: flags['last-day'] }),
        },
        {
          lifecycle: await platform.lifecycle(),
          confirm: () => confirmByName({ what, name, given: flags.confirm }, this.prompts),
          notify: this.stepTeller(),
        },
      );
    const result = await this.change(work, ({ changed }) => ({ changed }));
    const rows = Object.entries(result.rows).map(([table, count]) => `${table} ${formatCount(count, 'row')}`);
    await this.print(result.changed ? `Seeded: ${rows.join(', ')}.` : 'This very shop was there already.');
    return result;
  }
}
