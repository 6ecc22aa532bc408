import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../src/cli/base-command.ts';
import { FORMATS } from '../src/cli/format/formatter.ts';
import { formatQueryFooter } from '../src/cli/format/query-footer.ts';
import { queryTarget } from '../src/cli/query-target.ts';
import { readSql } from '../src/cli/read-sql.ts';
import { stdoutSink, withFileSink } from '../src/cli/result-sink.ts';
import { runQuery } from '../src/operations/run-query.ts';

export default class Query extends DpCommand {
  static override summary = 'Run SQL over the lake.';
  static override description =
    'Takes the SQL as an argument, from --file or from standard input, and streams the rows to stdout or to --output. Needs loaded days: dp etl run.';
  static override examples = [
    '<%= config.bin %> query "SELECT dt, count(*) AS orders FROM orders GROUP BY dt ORDER BY dt"',
    '<%= config.bin %> query --file report.sql --format csv > report.csv',
    '<%= config.bin %> query "SELECT * FROM daily_sales" --format parquet --output sales.parquet',
  ];
  static override args = {
    sql: Args.string({ description: 'SQL to run; - reads standard input.' }),
  };
  static override flags = {
    file: Flags.string({ char: 'f', description: 'File with the SQL.', helpValue: 'PATH' }),
    database: Flags.string({
      description: 'Schema of bare table names. Default: the lake.',
      helpValue: 'NAME',
    }),
    format: Flags.string({
      description: 'Form of the result. Default: table on a terminal, csv elsewhere.',
      options: [...FORMATS, 'parquet'],
    }),
    output: Flags.string({
      char: 'o',
      description:
        'File for the result instead of stdout; its ending chooses the format. Needed for parquet.',
      helpValue: 'PATH',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Query);
    const target = queryTarget({
      format: flags.format,
      output: flags.output,
      json: this.jsonEnabled(),
      terminal: process.stdout.isTTY === true,
    });
    const sql = await readSql({ argument: args.sql, file: flags.file });
    const { lakeDatabase } = await this.settings();
    const input = { sql, database: flags.database ?? lakeDatabase, signal: this.signal };
    const warehouse = await (await this.platform()).warehouse();
    if (target.kind === 'parquet') {
      const stats = await warehouse.writeParquet(input, target.path);
      this.say(formatQueryFooter(stats));
      return;
    }
    const run = (sink: Parameters<typeof runQuery>[1]['sink']) => runQuery(input, { warehouse, sink });
    const stats = await (target.kind === 'file' ? withFileSink(target, run) : run(stdoutSink(target.format)));
    this.say(formatQueryFooter(stats));
  }
}
