import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { logLine } from '../../src/cli/format/job-events.ts';
import { followLogs } from '../../src/operations/follow-logs.ts';
import { dayOfRun } from '../../src/operations/job-day.ts';
import { runUnknown } from '../../src/operations/job-errors.ts';

export default class JobLogs extends DpCommand {
  static override summary = 'Show what a run of a job has written.';
  static override description =
    "The lines of one run: from CloudWatch on AWS, from the run's own log here. --follow goes on until it has ended.";
  static override examples = ['<%= config.bin %> job logs jr_0123 --follow'];
  static override args = { run: Args.string({ description: 'The run.', required: true }) };
  static override flags = {
    job: Flags.string({ description: 'The job. Default: the daily job.', helpValue: 'NAME' }),
    follow: Flags.boolean({ description: 'Go on until the run has ended.' }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(JobLogs);
    const jobs = await (await this.platform()).jobs();
    const job = flags.job ?? jobs.daily;
    const run = await jobs.run(job, args.run);
    if (run === undefined) throw runUnknown(job, args.run);
    const day = dayOfRun(run) ?? run.id;
    const write = async (text: string): Promise<void> => {
      const line = logLine({ text, day }, this.paint(process.stdout));
      if (line !== undefined) await this.print(line);
    };
    return followLogs({ run, follow: flags.follow }, { jobs, signal: this.signal, write });
  }
}
