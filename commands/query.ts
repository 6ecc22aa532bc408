import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../src/cli/base-command.ts';
import { confirmFlag } from '../src/cli/flags.ts';
import { maskLiterals } from '../src/cli/mask-literals.ts';
import { engineFlags, parseAge, parseBytes, parseUsd, resultFlags } from '../src/cli/query-flags.ts';
import { planDelivery } from '../src/cli/query-result.ts';
import { type QueryCall, runQueryCommand } from '../src/cli/run-query-command.ts';

export default class Query extends DpCommand {
  static override summary = 'Run SQL over the lake.';
  static override description =
    "Takes one statement of Athena's SQL as an argument, from --file or from standard input, and streams the rows to stdout or to --output. Without SQL on a terminal it opens a prompt. Needs loaded days: dp etl run.";
  static override examples = [
    '<%= config.bin %> query "SELECT dt, count(*) AS orders FROM orders GROUP BY dt ORDER BY dt"',
    '<%= config.bin %> query --file report.sql --format csv > report.csv',
    '<%= config.bin %> query "SELECT * FROM daily_sales" --format parquet --output sales.parquet',
    '<%= config.bin %> query "SELECT * FROM orders WHERE dt = ?" --param "DATE \'2026-11-22\'" --dry-run',
    '<%= config.bin %> query --saved daily-sales --chart bar',
  ];
  static override args = {
    sql: Args.string({ description: 'SQL to run; - reads standard input.' }),
  };
  static override flags = {
    file: Flags.string({ char: 'f', description: 'File with the SQL.', helpValue: 'PATH' }),
    saved: Flags.string({ description: 'Saved query to run: dp query save.', helpValue: 'NAME' }),
    param: Flags.string({
      char: 'p',
      multiple: true,
      description: "Value for the next ? in the SQL, as an SQL literal: 5, '2026-11-22'. Once for each.",
      helpValue: 'LITERAL',
    }),
    ...engineFlags,
    ...resultFlags,
    reuse: Flags.string({
      description:
        'Take an earlier result of the same query when it is at most this old: 60m, 12h, 7d. Athena only.',
      helpValue: 'AGE',
    }),
    'dry-run': Flags.boolean({
      description: 'Check the SQL and say what it would read and cost; run nothing.',
    }),
    'max-cost': Flags.string({
      description: 'Refuse a query that may cost more, in US dollars.',
      helpValue: 'USD',
    }),
    'max-scan': Flags.string({
      description: 'Refuse a query that may read more: 500MB, 2GB.',
      helpValue: 'BYTES',
    }),
    write: Flags.boolean({ description: 'Allow a statement that changes things. Default: only reads run.' }),
    confirm: confirmFlag,
    detach: Flags.boolean({
      description: 'Start the query, print its id, and leave it running. Athena only.',
    }),
  };

  async run(): Promise<object | undefined> {
    const { args, flags } = await this.parse(Query);
    const { json: _json, ...rest } = flags as typeof flags & { json?: boolean };
    const call: QueryCall = {
      ...rest,
      sql: args.sql,
      parameters: flags.param ?? [],
      reuseMinutes: parseAge(flags.reuse),
      costUsdMax: parseUsd(flags['max-cost']),
      scanBytesMax: parseBytes(flags['max-scan']),
      dryRun: flags['dry-run'],
      resultLocation: flags['result-location'],
    };
    const terminal = process.stdout.isTTY === true;
    const deliver = planDelivery({ ...flags, json: this.jsonEnabled(), terminal });
    return runQueryCommand(call, {
      deliver,
      settings: await this.settings(),
      platform: () => this.platform(),
      prompts: this.prompts,
      signal: this.signal,
      paint: this.paint(),
      say: (text) => this.say(text),
      print: (text) => this.print(text),
      change: (work) => this.change(work, () => ({ changed: true }), { shown: maskLiterals }),
    });
  }
}
