import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { FORMATS } from '../../src/cli/format/formatter.ts';
import { formatCount } from '../../src/cli/format/quantity.ts';
import { maskLiterals } from '../../src/cli/mask-literals.ts';
import { queryTarget } from '../../src/cli/query-target.ts';
import { readSql } from '../../src/cli/read-sql.ts';
import { stdoutSink } from '../../src/cli/result-sink.ts';
import { executeStatement } from '../../src/operations/execute-statement.ts';

export default class DbExec extends DpCommand {
  static override summary = 'Run one SQL statement on the shop’s database.';
  static override description =
    'Logs in as etl_reader, who only reads; --user shop_api may change rows and --user admin the schema. For analysis use dp query, which does not load the shop.';
  static override examples = [
    '<%= config.bin %> db exec "SELECT status, count(*) FROM orders GROUP BY status"',
    '<%= config.bin %> db exec --user shop_api "UPDATE products SET stock = 100 WHERE id = 1"',
    'echo "SHOW TABLES" | <%= config.bin %> db exec --format csv',
  ];
  static override args = { sql: Args.string({ description: 'Statement to run; - reads standard input.' }) };
  static override flags = {
    file: Flags.string({ char: 'f', description: 'File with the statement.', helpValue: 'PATH' }),
    user: Flags.string({
      description: 'Database user to log in as.',
      options: ['etl_reader', 'shop_api', 'admin'] as const,
      default: 'etl_reader',
    }),
    format: Flags.string({ description: 'Form of the result.', options: [...FORMATS] }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DbExec);
    const target = queryTarget({
      format: flags.format,
      output: undefined,
      json: this.jsonEnabled(),
      terminal: process.stdout.isTTY === true,
    });
    const sql = await readSql({ argument: args.sql, file: flags.file });
    const database = await (await this.platform()).database();
    const user = flags.user as 'etl_reader' | 'shop_api' | 'admin';
    const sink = stdoutSink(target.kind === 'stdout' ? target.format : 'csv');
    const work = () => executeStatement({ sql, user, signal: this.signal }, { database, sink });
    // etl_reader only reads.
    const result = await (user === 'etl_reader'
      ? work()
      : this.change(work, ({ affectedRows }) => ({ changed: affectedRows !== undefined }), {
          shown: maskLiterals,
        }));
    this.say(
      result.affectedRows === undefined
        ? formatCount(result.rows, 'row')
        : `${formatCount(result.affectedRows, 'row')} affected`,
    );
  }
}
