import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { clockText } from '../../src/cli/format/moment.ts';
import { drawTable } from '../../src/cli/format/table.ts';
import { dayOfRun } from '../../src/operations/job-day.ts';

export default class JobHistory extends DpCommand {
  static override summary = 'List the last runs of a job, newest first.';
  static override description =
    'State, day, start and seconds of each run. Runs of the schedule are listed with the day they load.';
  static override examples = ['<%= config.bin %> job history --limit 50'];
  static override args = { name: Args.string({ description: 'The job. Default: the daily job.' }) };
  static override flags = {
    limit: Flags.integer({ description: 'Runs to show.', default: 20, min: 1, max: 200, helpValue: 'N' }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(JobHistory);
    const jobs = await (await this.platform()).jobs();
    const runs = await jobs.history(args.name ?? jobs.daily, flags.limit);
    const rows = runs.map((run) =>
      [run.id, run.state, dayOfRun(run), clockText(run.startedAt ?? ''), run.seconds, run.error].map((cell) =>
        String(cell ?? ''),
      ),
    );
    await this.print(drawTable(['run', 'state', 'day', 'started (JST)', 'seconds', 'error'], rows));
    return { runs };
  }
}
