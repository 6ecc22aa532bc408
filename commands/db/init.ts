import { DpCommand } from '../../src/cli/base-command.ts';
import { lifecycleLine } from '../../src/cli/format/lifecycle-line.ts';
import { initializeDatabase } from '../../src/operations/initialize-database.ts';

export default class DbInit extends DpCommand {
  static override summary = 'Create the database users of the API and the daily job.';
  static override description =
    'dp deploy does this by itself. Safe to repeat: users that are there keep their login. On AWS it goes over the Data API, without a tunnel.';
  static override examples = ['<%= config.bin %> db init --env staging', '<%= config.bin %> db init --json'];

  async run(): Promise<object> {
    await this.parse(DbInit);
    const platform = await this.platform();
    const work = async () =>
      initializeDatabase(
        { environment: platform.environment },
        {
          lifecycle: await platform.lifecycle(),
          notify: (event) => this.say(lifecycleLine(event, this.paint())),
        },
      );
    const result = await this.change(work, () => ({ changed: true }));
    await this.print(`The users of ${result.environment} are ready.`);
    return result;
  }
}
