import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { runUnknown } from '../../src/operations/job-errors.ts';

export default class JobStop extends DpCommand {
  static override summary = 'Stop a run of a job. A stopped day stays as it was.';
  static override description =
    'The run ends within a minute. Partitions that it had switched stay switched; running the day again makes it whole.';
  static override examples = ['<%= config.bin %> job stop jr_0123'];
  static override args = { run: Args.string({ description: 'The run.', required: true }) };
  static override flags = {
    job: Flags.string({ description: 'The job. Default: the daily job.', helpValue: 'NAME' }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(JobStop);
    const jobs = await (await this.platform()).jobs();
    const job = flags.job ?? jobs.daily;
    const stop = async (): Promise<void> => {
      const notStopped = await jobs.stop(job, [args.run]);
      if (notStopped.length > 0) throw runUnknown(job, args.run);
    };
    await this.change(stop, () => ({ changed: true, ids: { [job]: args.run } }));
    await this.print(`Stopping ${args.run}.`);
    return { job, run: args.run };
  }
}
