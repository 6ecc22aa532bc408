import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../src/cli/base-command.ts';
import { parseAge } from '../src/cli/day-range.ts';
import { formatLogLine } from '../src/cli/format/log-line.ts';
import { readPattern } from '../src/cli/read-pattern.ts';
import { readLogs } from '../src/operations/read-logs.ts';

const SOURCES = ['all', 'api', 'job', 'crawler', 'database', 'bastion', 'rotation', 'changes'] as const;

export default class Logs extends DpCommand {
  static override summary = 'Show what the platform’s parts say, merged by time.';
  static override description =
    'With --follow, new lines as they appear, each exactly once, until Ctrl-C; throttling, a lost network and sleep are waited out. With --json: one object per line.';
  static override examples = [
    '<%= config.bin %> logs',
    '<%= config.bin %> logs database --since 10m --grep ERROR',
    '<%= config.bin %> logs api --follow --json',
  ];
  static override args = {
    source: Args.string({
      description: 'Whose lines; crawler and bastion exist on AWS only.',
      options: [...SOURCES],
      default: 'all',
    }),
  };
  static override flags = {
    follow: Flags.boolean({ char: 'f', description: 'Go on with new lines until Ctrl-C.' }),
    since: Flags.string({
      description: 'Age of the oldest line: days, hours or minutes.',
      default: '1d',
      helpValue: 'AGE',
    }),
    grep: Flags.string({ description: 'Only lines that this regular expression matches.', helpValue: 'RE' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Logs);
    const grep = flags.grep === undefined ? {} : { grep: readPattern(flags.grep) };
    const paint = this.paint(process.stdout);
    if (flags.follow === true) this.expectInterrupt();
    await readLogs(
      {
        source: args.source as (typeof SOURCES)[number],
        sinceMs: parseAge(flags.since),
        follow: flags.follow === true,
        signal: this.signal,
        ...grep,
      },
      {
        logs: await (await this.platform()).logs(),
        clock: this.clock,
        notify: (text) => this.say(text),
        line: async (line) => {
          await this.emit(line);
          await this.print(formatLogLine(line, paint));
        },
      },
    );
  }
}
