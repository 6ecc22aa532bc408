import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { formatHistory } from '../../src/cli/format/query-history.ts';
import { engineFlags } from '../../src/cli/query-flags.ts';

/** Queries listed unless told otherwise. */
const QUERIES_SHOWN = 20;

export default class QueryHistory extends DpCommand {
  static override summary = 'List queries that ran, the newest first.';
  static override description =
    "Shows id, state, time, bytes, price and SQL of each. On AWS these are the workgroup's queries as Athena remembers them, for 45 days; in local the last 200.";
  static override examples = [
    '<%= config.bin %> query history',
    '<%= config.bin %> query history --limit 100 --json',
  ];
  static override flags = {
    limit: Flags.integer({
      description: 'Queries to list. Default: 20.',
      default: QUERIES_SHOWN,
      min: 1,
      max: 1000,
    }),
    workgroup: engineFlags.workgroup,
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(QueryHistory);
    const history = await (await this.platform()).history();
    const queries = await history.list(flags.limit, flags.workgroup);
    await this.print(formatHistory(queries));
    return { queries };
  }
}
