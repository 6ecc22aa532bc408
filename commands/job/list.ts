import { DpCommand } from '../../src/cli/base-command.ts';
import { drawTable } from '../../src/cli/format/table.ts';

export default class JobList extends DpCommand {
  static override summary = 'List the jobs that load data.';
  static override description =
    'The jobs of the account and region, or of this machine, with their workers and how many of their runs may go on at once.';
  static override examples = ['<%= config.bin %> job list'];

  async run(): Promise<object> {
    await this.parse(JobList);
    const jobs = await (await this.platform()).jobs();
    const found = await jobs.list();
    const rows = found.map((job) => [
      job.name,
      job.glueVersion,
      job.workers === null ? 'this machine' : `${job.workers} × ${job.workerType ?? '?'}`,
      job.runsAtOnceMax,
    ]);
    await this.print(
      drawTable(
        ['job', 'glue', 'workers', 'runs at once'],
        rows.map((row) => row.map((cell) => String(cell ?? ''))),
      ),
    );
    return { jobs: found };
  }
}
