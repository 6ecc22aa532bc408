import { DpCommand } from '../../src/cli/base-command.ts';
import { formatRecord } from '../../src/cli/format/query-history.ts';
import { queryIdArgument } from '../../src/cli/query-id.ts';
import { getQuery } from '../../src/operations/get-query.ts';

export default class QueryShow extends DpCommand {
  static override summary = 'Show one query: its state, its cost and its SQL.';
  static override description =
    'Takes the id that dp query and dp query history print. Says why a query failed, in the words of the engine.';
  static override examples = ['<%= config.bin %> query show 1f0c2a3e-0000-4000-8000-000000000000'];
  static override args = { id: queryIdArgument };

  async run(): Promise<object> {
    const { args } = await this.parse(QueryShow);
    const query = await getQuery(args.id, { history: await (await this.platform()).history() });
    await this.print(formatRecord(query));
    return query;
  }
}
