import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { tunnelLine } from '../../src/cli/format/tunnel-line.ts';
import { holdTunnel } from '../../src/cli/hold-tunnel.ts';
import { tunnelFlags } from '../../src/cli/tunnel-flags.ts';
import { openTunnel } from '../../src/operations/open-tunnel.ts';
import type { TunnelNews } from '../../src/operations/tunnel-news.ts';

export default class DbTunnel extends DpCommand {
  static override strict = false;
  static override summary = 'Open a local port to the private database.';
  static override description =
    'Binds the port first, then goes through a Session Manager session on the bastion; needs no plugin and no password, and survives sleep, network changes and the hourly close. Ready is said once the database’s own greeting has crossed. With words after --, runs that program with the connection in its environment and returns its exit code. With --json: one event per line.';
  static override examples = [
    '<%= config.bin %> db tunnel',
    '<%= config.bin %> db tunnel --env staging --target reader --port 13306 --sessions 8',
    '<%= config.bin %> db tunnel -- mysqldump --no-data stg_core',
  ];
  static override flags = {
    ...tunnelFlags,
    'ready-file': Flags.string({
      description: 'File to write host, port and URL to once ready; removed at the end.',
      helpValue: 'PATH',
    }),
    'watch-stdin': Flags.boolean({ description: 'End when standard input ends, as when a parent dies.' }),
    'metrics-port': Flags.integer({
      description: 'Loopback port with figures for Prometheus at /metrics.',
      min: 1,
      max: 65_535,
      helpValue: 'PORT',
    }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(DbTunnel);
    const platform = await this.platform();
    const tunnel = await openTunnel(
      {
        target: flags.target,
        port: flags.port,
        bind: flags.bind,
        socketPath: flags.socket,
        sessions: flags.sessions,
        raw: flags.raw,
        withPassword: flags['local-password'] || platform.environment === 'production',
        keepAlive: flags['keep-alive'],
        reason: flags.reason,
      },
      {
        sessions: () => platform.sessions(),
        now: Date.now,
        signal: this.signal,
        notify: (news) => this.tell(news),
      },
    );
    if (argv.length === 0) await this.print(tunnel.url);
    try {
      const hold = {
        program: argv.map(String),
        readyFile: flags['ready-file'],
        watchStdin: flags['watch-stdin'],
        metricsPort: flags['metrics-port'],
      };
      const terminal =
        process.stderr.isTTY && !flags.quiet && !this.jsonEnabled() ? process.stderr : undefined;
      const ignoreInterrupts = () => this.ignoreInterrupts();
      this.endWith(await holdTunnel(hold, { tunnel, signal: this.signal, ignoreInterrupts, terminal }));
    } finally {
      await tunnel.close(this.signal.aborted ? 'interrupted' : 'done');
    }
  }

  private tell(news: TunnelNews): void {
    void this.emit(news);
    const line = tunnelLine(news);
    if (line !== undefined) this.say(line);
  }
}
