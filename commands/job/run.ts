import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { confirmMild } from '../../src/cli/prompts.ts';
import { argumentOf } from '../../src/operations/job-errors.ts';
import { openJobDays } from '../../src/operations/open-job-days.ts';
import { startJob } from '../../src/operations/start-job.ts';

export default class JobRun extends DpCommand {
  static override summary = 'Start a job once, with arguments of your own.';
  static override description =
    'For jobs of your own and unusual arguments. dp etl run plans days, waits for a place and follows them.';
  static override examples = ['<%= config.bin %> job run --argument date=2026-11-22'];
  static override args = { name: Args.string({ description: 'The job. Default: the daily job.' }) };
  static override flags = {
    argument: Flags.string({
      description: 'An argument for the job; may be repeated.',
      multiple: true,
      helpValue: 'NAME=VALUE',
    }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(JobRun);
    const deps = await openJobDays(await this.platform());
    const job = args.name ?? deps.jobs.daily;
    const given = Object.fromEntries((flags.argument ?? []).map(argumentOf));
    if (deps.jobs.usdPerDpuHour !== null)
      await confirmMild(`Start ${job}: Glue bills its workers by the second`, this.prompts);
    const start = (): Promise<string> => startJob({ job, arguments: given }, deps);
    const id = await (deps.jobs.journaled
      ? start()
      : this.change(start, (run) => ({ changed: true, ids: { [job]: run } })));
    await this.print(id);
    return { job, run: id };
  }
}
