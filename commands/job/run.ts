import { randomUUID } from 'node:crypto';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { argumentOf, jobFull } from '../../src/cli/job-errors.ts';
import { confirmMild } from '../../src/cli/prompts.ts';

export default class JobRun extends DpCommand {
  static override summary = 'Start a job once, with arguments of your own.';
  static override examples = ['<%= config.bin %> job run --env staging --argument date=2026-11-22'];
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
    const jobs = await (await this.platform()).jobs();
    const job = args.name ?? jobs.daily;
    const given = Object.fromEntries((flags.argument ?? []).map(argumentOf));
    const marker = '--started-by';
    await confirmMild(`Start ${job}: Glue bills its workers by the second`, this.prompts);
    const id = await jobs.start({ job, arguments: { ...given, [marker]: randomUUID() }, marker });
    if (id === 'full') throw jobFull(job);
    await this.print(id);
    return { job, run: id };
  }
}
