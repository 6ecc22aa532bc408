import { DpCommand } from '../../src/cli/base-command.ts';
import { initializeDatabase } from '../../src/operations/initialize-database.ts';

export default class DbInit extends DpCommand {
  static override summary = 'Create the database users of the API and the daily job, and the shop’s tables.';
  static override description =
    'Safe to repeat: users that are there keep their login, migrations that were applied are left alone. On AWS the users are made over the Data API and the tables through the tunnel, so run it once after the first dp deploy.';
  static override examples = ['<%= config.bin %> db init --env staging', '<%= config.bin %> db init --json'];

  async run(): Promise<object> {
    await this.parse(DbInit);
    const platform = await this.platform();
    const lifecycle = await platform.lifecycle();
    const notify = this.stepTeller();
    const result = await this.change(
      () => initializeDatabase({ environment: platform.environment }, { lifecycle, notify }),
      ({ applied }) => ({ changed: true, ids: { applied: applied.join(' ') } }),
    );
    await this.print(`The users and tables of ${result.environment} are ready.`);
    return result;
  }
}
