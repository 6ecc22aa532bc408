import { DpCommand } from '../../src/cli/base-command.ts';
import { formatBytes } from '../../src/cli/format/quantity.ts';
import { drawTable } from '../../src/cli/format/table.ts';
import { listCatalog } from '../../src/operations/read-catalog.ts';

export default class CatalogList extends DpCommand {
  static override summary = 'List the tables of the catalog.';
  static override description =
    'Every table with its partitions, rows and size, as its partitions record them.';
  static override examples = ['<%= config.bin %> catalog list', '<%= config.bin %> catalog list --json'];

  async run(): Promise<object> {
    await this.parse(CatalogList);
    const catalog = await (await this.platform()).catalog();
    const result = await listCatalog({}, { catalog });
    const rows = result.tables.map((table) => [
      table.database,
      table.name,
      table.format,
      String(table.partitions),
      table.rows.toLocaleString('en-US'),
      formatBytes(table.bytes),
      table.description,
    ]);
    const titles = ['database', 'table', 'format', 'partitions', 'rows', 'size', 'description'];
    await this.print(
      rows.length === 0
        ? 'The catalog is empty. Try: dp etl run --date DAY'
        : drawTable(titles, rows, [3, 4, 5]),
    );
    return result;
  }
}
