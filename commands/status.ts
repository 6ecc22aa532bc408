import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../src/cli/base-command.ts';
import { EXIT_CODES } from '../src/cli/exit-codes.ts';
import { formatPlatformStatus } from '../src/cli/format/platform-status.ts';
import { clearScreen } from '../src/cli/terminal.ts';
import { openEtl } from '../src/operations/open-etl.ts';
import {
  type PlatformStatus,
  type PlatformStatusDeps,
  platformStatus,
} from '../src/operations/platform-status.ts';
import { lookEveryMs, watchStatus } from '../src/operations/watch-status.ts';

export default class Status extends DpCommand {
  static override summary = 'Show whether the data is there and the platform answers.';
  static override description =
    'Data first: the newest verified day of each table and its lag behind the schedule, last and next run, failed days; then database, API, secrets, open tunnels, drift and cost. Starts nothing. Exit 3 when the environment is not deployed or its lake is stale. --watch goes on until Ctrl-C; with --json, one object for every change.';
  static override examples = [
    '<%= config.bin %> status',
    '<%= config.bin %> status --json',
    '<%= config.bin %> status --watch',
    '<%= config.bin %> status --html status.html',
  ];
  static override flags = {
    watch: Flags.boolean({
      char: 'w',
      description: 'Look every 2 s (on AWS: 15 s) and show what has changed, until Ctrl-C.',
      exclusive: ['html'],
    }),
    html: Flags.string({
      description: 'Write a page with calendar and charts of the last thirteen weeks to this file.',
      helpValue: 'FILE',
    }),
  };

  async run(): Promise<object | undefined> {
    const { flags } = await this.parse(Status);
    const settings = await this.settings();
    const platform = await this.platform();
    const deps = { platform, etl: await openEtl(platform, settings) };
    if (flags.html !== undefined) return this.#savePage(flags.html, deps);
    if (flags.watch !== true) {
      const result = await platformStatus({}, deps);
      await this.#show(result);
      return result;
    }
    this.expectInterrupt();
    const changed = async (status: PlatformStatus): Promise<void> => {
      await clearScreen(process.stdout, this.jsonEnabled());
      await this.emit(status);
      await this.#show(status);
    };
    return await watchStatus(
      { signal: this.signal, everyMs: lookEveryMs(settings.environmentConfig.kind) },
      { look: () => platformStatus({}, deps), changed, notify: (text) => this.say(text) },
    );
  }

  async #savePage(file: string, deps: PlatformStatusDeps): Promise<object> {
    const { statusReport } = await import('../src/operations/status-report.ts');
    const { formatStatusPage } = await import('../src/cli/format/status-page.ts');
    const { savePage } = await import('../src/cli/save-page.ts');
    const report = await statusReport({}, deps);
    await savePage(file, formatStatusPage(report));
    await this.#show(report.status);
    this.say(`Wrote ${file}`);
    return { ...report.status, page: file };
  }

  async #show(status: PlatformStatus): Promise<void> {
    await this.print(formatPlatformStatus(status, this.paint(process.stdout)));
    this.endWith(status.state === 'ready' ? EXIT_CODES.ok : EXIT_CODES['not-ready']);
  }
}
