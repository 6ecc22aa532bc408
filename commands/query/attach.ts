import { DpCommand } from '../../src/cli/base-command.ts';
import { deliverResults } from '../../src/cli/deliver-results.ts';
import { resultFlags } from '../../src/cli/query-flags.ts';
import { queryIdArgument } from '../../src/cli/query-id.ts';
import { planDelivery } from '../../src/cli/query-result.ts';

export default class QueryAttach extends DpCommand {
  static override summary = 'Follow a query that runs to its end, and print its rows.';
  static override description =
    'Takes the id of a query that was started with --detach, or anywhere else, and says what becomes of it. Ctrl-C leaves it running. Where it has ended its rows come at once, as from dp query results.';
  static override examples = [
    '<%= config.bin %> query attach 1f0c2a3e-0000-4000-8000-000000000000',
    '<%= config.bin %> query attach 1f0c2a3e-0000-4000-8000-000000000000 --output orders.csv',
  ];
  static override args = { id: queryIdArgument };
  static override flags = resultFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(QueryAttach);
    const terminal = process.stdout.isTTY === true;
    const deliver = planDelivery({ ...flags, json: this.jsonEnabled(), terminal });
    await deliverResults(
      { queryId: args.id, fetch: flags.fetch, follow: true },
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
