import { DpCommand } from '../../src/cli/base-command.ts';
import { formatRecord } from '../../src/cli/format/query-history.ts';
import { queryIdArgument } from '../../src/cli/query-id.ts';

export default class QueryCancel extends DpCommand {
  static override summary = 'Stop a query, and say what it cost.';
  static override description =
    'Asks Athena to stop it and waits until it has. What it had scanned is charged. A query that has ended stays as it is.';
  static override examples = ['<%= config.bin %> query cancel 1f0c2a3e-0000-4000-8000-000000000000'];
  static override args = { id: queryIdArgument };

  async run(): Promise<object> {
    const { args } = await this.parse(QueryCancel);
    const history = await (await this.platform()).history();
    const query = await history.cancel(args.id);
    await this.print(formatRecord(query));
    return query;
  }
}
