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
    const rowOf = (table: (typeof result.tables)[number]): string[] => [
      table.name,
      table.format,
      String(table.partitions),
      table.rows.toLocaleString('en-US'),
      formatBytes(table.bytes),
      table.description,
    ];
    const titles = ['table', 'format', 'partitions', 'rows', 'size', 'description'];
    const databases = Map.groupBy(result.tables, ({ database }) => database);
    const drawn = [...databases].map(
      ([database, tables]) => `${database}\n\n${drawTable(titles, tables.map(rowOf), [2, 3, 4])}`,
    );
    await this.print(drawn.join('\n') || 'The catalog is empty. Try: dp etl run --date DAY');
    return result;
  }
}
