import * as Args from '@oclif/core/args';
import { DpCommand } from '../../src/cli/base-command.ts';
import { drawTable } from '../../src/cli/format/table.ts';
import { findJob } from '../../src/operations/list-runs.ts';

export default class JobShow extends DpCommand {
  static override summary = 'Show a job: its workers, limits and arguments.';
  static override description =
    'Everything that is known of the job, and the arguments that every run of it gets.';
  static override examples = ['<%= config.bin %> job show'];
  static override args = { name: Args.string({ description: 'The job. Default: the daily job.' }) };

  async run(): Promise<object> {
    const { args } = await this.parse(JobShow);
    const jobs = await (await this.platform()).jobs();
    const job = await findJob(args.name ?? jobs.daily, jobs);
    const rows = Object.entries(job).flatMap(([key, value]) =>
      key === 'arguments' ? Object.entries(job.arguments) : [[key, String(value ?? '')]],
    );
    await this.print(
      drawTable(
        ['setting', 'value'],
        rows.map((row) => row.map(String)),
      ),
    );
    return job;
  }
}
