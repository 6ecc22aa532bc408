import { DpCommand } from '../src/cli/base-command.ts';
import { EXIT_CODES } from '../src/cli/exit-codes.ts';
import { formatPlatformStatus } from '../src/cli/format/platform-status.ts';
import { openEtl } from '../src/operations/open-etl.ts';
import { platformStatus } from '../src/operations/platform-status.ts';

export default class Status extends DpCommand {
  static override summary = 'Show whether the data is there and the platform answers.';
  static override description =
    'Data first: the newest verified day and its lag behind yesterday in Japan. Starts nothing. Exit 3 when the environment is not deployed or its lake is stale.';
  static override examples = ['<%= config.bin %> status', '<%= config.bin %> status --json'];

  async run(): Promise<object> {
    await this.parse(Status);
    const platform = await this.platform();
    const { environment } = platform;
    const result = await platformStatus(
      { environment },
      {
        lifecycle: await platform.lifecycle(),
        database: await platform.database(),
        etl: await openEtl(platform, await this.settings()),
      },
    );
    await this.print(formatPlatformStatus(result, this.paint(process.stdout)));
    this.endWith(result.state === 'ready' ? EXIT_CODES.ok : EXIT_CODES['not-ready']);
    return result;
  }
}
