import { DpCommand } from '../../src/cli/base-command.ts';
import { formatOrigins } from '../../src/cli/format/origins.ts';

export default class ConfigExplain extends DpCommand {
  static override summary = 'Show every setting and where its value came from.';
  static override description =
    'Precedence: flag, environment variable, dp.config.json, the user file, built-in default. Needs nothing but the files.';
  static override examples = [
    '<%= config.bin %> config explain',
    '<%= config.bin %> config explain --env staging --json',
  ];

  async run(): Promise<object> {
    await this.parse(ConfigExplain);
    const { environment, origins } = await this.settings();
    await this.print(formatOrigins(origins));
    return { environment, settings: origins };
  }
}
