import { DpCommand } from '../../src/cli/base-command.ts';
import { deliverResults } from '../../src/cli/deliver-results.ts';
import { resultFlags } from '../../src/cli/query-flags.ts';
import { queryIdArgument } from '../../src/cli/query-id.ts';
import { planDelivery } from '../../src/cli/query-result.ts';

export default class QueryResults extends DpCommand {
  static override summary = 'Print the rows of a query that ran before, without running it again.';
  static override description =
    'Reads the result that is there: nothing is scanned, nothing is charged for it. Never waits: a query that still runs has no result yet (exit 75), and dp query attach follows it.';
  static override examples = [
    '<%= config.bin %> query results 1f0c2a3e-0000-4000-8000-000000000000',
    '<%= config.bin %> query results 1f0c2a3e-0000-4000-8000-000000000000 --output orders.csv',
  ];
  static override args = { id: queryIdArgument };
  static override flags = resultFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(QueryResults);
    const terminal = process.stdout.isTTY === true;
    const deliver = planDelivery({ ...flags, json: this.jsonEnabled(), terminal });
    await deliverResults(
      { queryId: args.id, fetch: flags.fetch, follow: false },
      {
        deliver,
        history: await (await this.platform()).history(),
        signal: this.signal,
        paint: this.paint(),
        say: (text) => this.say(text),
      },
    );
  }
}
