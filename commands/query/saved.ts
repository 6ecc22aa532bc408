import { DpCommand } from '../../src/cli/base-command.ts';
import { formatSaved } from '../../src/cli/format/query-history.ts';

export default class QuerySaved extends DpCommand {
  static override summary = 'List the saved queries.';
  static override description =
    "On AWS these are the workgroup's named queries. Run one with dp query --saved NAME.";
  static override examples = ['<%= config.bin %> query saved'];

  async run(): Promise<object> {
    await this.parse(QuerySaved);
    const queries = await (await (await this.platform()).history()).listSaved();
    await this.print(formatSaved(queries));
    return { queries };
  }
}
