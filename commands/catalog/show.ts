import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { drawTable } from '../../src/cli/format/table.ts';
import { showTable } from '../../src/operations/read-catalog.ts';

export default class CatalogShow extends DpCommand {
  static override summary = 'Show a table’s columns.';
  static override description = 'Columns, partition keys, format and location, as the catalog keeps them.';
  static override examples = [
    '<%= config.bin %> catalog show orders',
    '<%= config.bin %> catalog show daily_sales --json',
  ];
  static override args = { table: Args.string({ description: 'Name of the table.', required: true }) };
  static override flags = {
    database: Flags.string({ description: 'Database of the table. Default: the lake.', helpValue: 'NAME' }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CatalogShow);
    const { lakeDatabase } = await this.settings();
    const catalog = await (await this.platform()).catalog();
    const table = await showTable(
      { database: flags.database ?? lakeDatabase, table: args.table },
      { catalog },
    );
    const columns = table.columns.map((column) => [column.name, column.type, '', column.comment ?? '']);
    const keys = table.partitionKeys.map((key) => [key.name, key.type, 'partition', key.comment ?? '']);
    await this.print(
      `${table.database}.${table.name} (${table.format}): ${table.description ?? ''}\n\n${drawTable(['column', 'type', 'key', 'comment'], [...columns, ...keys])}`,
    );
    return table;
  }
}
