import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { drawTable } from '../../src/cli/format/table.ts';
import { listPartitions } from '../../src/operations/read-catalog.ts';

export default class CatalogPartitions extends DpCommand {
  static override summary = 'List a table’s partitions.';
  static override description = 'Each partition with its rows, the run that made it and where its files lie.';
  static override examples = [
    '<%= config.bin %> catalog partitions orders',
    '<%= config.bin %> catalog partitions daily_sales --json',
  ];
  static override args = { table: Args.string({ description: 'Name of the table.', required: true }) };
  static override flags = {
    database: Flags.string({ description: 'Database of the table. Default: the lake.', helpValue: 'NAME' }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CatalogPartitions);
    const { lakeDatabase } = await this.settings();
    const catalog = await (await this.platform()).catalog();
    const name = { database: flags.database ?? lakeDatabase, table: args.table };
    const result = await listPartitions(name, { catalog });
    const rows = result.partitions.map(({ values, parameters, location }) => [
      values.join(', '),
      parameters['dp.rows'] ?? '',
      parameters['dp.run_id'] ?? '',
      location,
    ]);
    await this.print(drawTable(['partition', 'rows', 'run', 'location'], rows, [1]));
    return result;
  }
}
