import { DpCommand } from '../../src/cli/base-command.ts';
import { formatCount } from '../../src/cli/format/quantity.ts';
import { migrateDatabase } from '../../src/operations/migrate-database.ts';

export default class DbMigrate extends DpCommand {
  static override summary = 'Apply the migrations that the shop’s database lacks.';
  static override description =
    'Applies them in order, one dp at a time, and goes on where an interrupted run stopped. A migration that changed after it was applied is refused.';
  static override examples = ['<%= config.bin %> db migrate', '<%= config.bin %> db migrate --json'];

  async run(): Promise<object> {
    await this.parse(DbMigrate);
    const lifecycle = await (await this.platform()).lifecycle();
    const result = await this.change(
      () => migrateDatabase({}, { lifecycle }),
      ({ applied }) => ({ changed: applied.length > 0, ids: { applied: applied.join(' ') } }),
    );
    for (const file of result.applied) await this.print(`applied ${file}`);
    await this.print(`${formatCount(result.total, 'migration')}, ${result.applied.length} applied now.`);
    return result;
  }
}
