import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { engineFlags } from '../../src/cli/query-flags.ts';
import { readSql } from '../../src/cli/read-sql.ts';

export default class QuerySave extends DpCommand {
  static override summary = 'Keep a query under a name.';
  static override description =
    "Replaces a query that has the name. On AWS it becomes one of the workgroup's named queries, seen in the console as well; in local a file. Run it with dp query --saved NAME.";
  static override examples = [
    '<%= config.bin %> query save daily-sales "SELECT dt, sum(revenue) AS revenue FROM daily_sales GROUP BY dt ORDER BY dt"',
    '<%= config.bin %> query save report --file report.sql',
  ];
  static override args = {
    name: Args.string({ description: 'Name to keep it under.', required: true }),
    sql: Args.string({ description: 'SQL to keep; - reads standard input.' }),
  };
  static override flags = {
    file: Flags.string({ char: 'f', description: 'File with the SQL.', helpValue: 'PATH' }),
    database: engineFlags.database,
    description: Flags.string({ description: 'A sentence on what it answers.', helpValue: 'TEXT' }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(QuerySave);
    const sql = await readSql({ argument: args.sql, file: flags.file });
    const { lakeDatabase } = await this.settings();
    const { description } = flags;
    const query = {
      name: args.name,
      sql: sql.trim(),
      database: flags.database ?? lakeDatabase,
      ...(description === undefined ? {} : { description }),
    };
    await (await (await this.platform()).history()).save(query);
    this.say(`Saved: dp query --saved ${args.name}`);
    return query;
  }
}
