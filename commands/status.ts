import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../src/cli/base-command.ts';
import { EXIT_CODES } from '../src/cli/exit-codes.ts';
import { formatPlatformStatus } from '../src/cli/format/platform-status.ts';
import { clearScreen } from '../src/cli/terminal.ts';
import { openEtl } from '../src/operations/open-etl.ts';
import { type PlatformStatus, platformStatus } from '../src/operations/platform-status.ts';
import { watchStatus } from '../src/operations/watch-status.ts';

export default class Status extends DpCommand {
  static override summary = 'Show whether the data is there and the platform answers.';
  static override description =
    'Data first: the newest verified day and its lag behind yesterday in Japan, then the last run, the database and the age of the secrets. Starts nothing. Exit 3 when the environment is not deployed or its lake is stale. --watch goes on until Ctrl-C; with --json, one object for every change.';
  static override examples = [
    '<%= config.bin %> status',
    '<%= config.bin %> status --json',
    '<%= config.bin %> status --watch',
  ];
  static override flags = {
    watch: Flags.boolean({
      char: 'w',
      description: 'Look every 2 s and show what has changed, until Ctrl-C.',
    }),
  };

  async run(): Promise<object | undefined> {
    const { flags } = await this.parse(Status);
    const platform = await this.platform();
    const { environment } = platform;
    const deps = {
      lifecycle: await platform.lifecycle(),
      database: await platform.database(),
      etl: await openEtl(platform, await this.settings()),
      secrets: await platform.secrets(),
      shopApi: await platform.shopApi(),
    };
    const show = async (status: PlatformStatus): Promise<void> => {
      await this.print(formatPlatformStatus(status, this.paint(process.stdout)));
      this.endWith(status.state === 'ready' ? EXIT_CODES.ok : EXIT_CODES['not-ready']);
    };
    if (flags.watch !== true) {
      const result = await platformStatus({ environment }, deps);
      await show(result);
      return result;
    }
    const changed = async (status: PlatformStatus): Promise<void> => {
      await clearScreen(process.stdout, this.jsonEnabled());
      await this.emit(status);
      await show(status);
    };
    return await watchStatus(
      { signal: this.signal },
      { look: () => platformStatus({ environment }, deps), changed },
    );
  }
}
