import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { countDays } from '../../src/cli/day-progress.ts';
import { chosenStates, dayFlags, dayRange, runIdOf } from '../../src/cli/day-range.ts';
import { usage } from '../../src/cli/errors.ts';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { etlEventLine, formatPlan, formatRun } from '../../src/cli/format/etl-run.ts';
import { askStopOrLeave, confirmMild } from '../../src/cli/prompts.ts';
import { runDaysByJob } from '../../src/cli/run-days-by-job.ts';
import { daysByJob, loadedDays } from '../../src/operations/change-outcomes.ts';
import type { JobEvent } from '../../src/operations/load-day-by-job.ts';
import { openEtl } from '../../src/operations/open-etl.ts';
import { openJobDays } from '../../src/operations/open-job-days.ts';
import { type EtlEvent, type RunEtlResult, runEtl } from '../../src/operations/run-etl.ts';
import type { EngineChoice } from '../../src/platform/engine.ts';

export default class EtlRun extends DpCommand {
  static override summary = 'Load days from the database into the lake.';
  static override description =
    'Each day is taken from one consistent snapshot, transformed, checked against the database and published in one switch per table; a day that fails leaves what was published. With --json: one event per line, the summary last. Exit 2 when some days failed.';
  static override examples = [
    '<%= config.bin %> etl run --date 2026-11-22',
    '<%= config.bin %> etl run --from 2026-11-01 --to 2026-11-22 --only missing,failed,stale',
    '<%= config.bin %> etl run --from 2026-11-01 --to 2026-11-22 --dry-run',
    '<%= config.bin %> etl run --date 2026-11-22 --engine spark',
  ];
  static override flags = {
    ...dayFlags,
    only: Flags.string({
      description:
        'Only days in these states: missing, failed, stale, loaded, verified. Default: every day of the range.',
      helpValue: 'STATES',
    }),
    concurrency: Flags.integer({
      description: 'Days at a time; each takes up to 400 MB of memory.',
      default: 1,
      min: 1,
      max: 16,
      helpValue: 'N',
    }),
    engine: Flags.option({
      description:
        'What moves the days here. spark is the very job that AWS Glue runs; both load the same rows.',
      options: ['duckdb', 'spark'] as const,
    })(),
    readers: Flags.integer({
      description: 'Spark only: connections that read side by side. A day that changes meanwhile is refused.',
      min: 1,
      max: 64,
      helpValue: 'N',
    }),
    detach: Flags.boolean({
      description: 'Start the runs apart from this terminal, and return. dp etl attach follows one.',
    }),
    'dry-run': Flags.boolean({ description: 'Show which days would be loaded and why, and stop.' }),
    force: Flags.boolean({ description: 'Publish although error checks fail. The manifest says so.' }),
    'run-id': Flags.string({ description: 'The id of the run; for who starts dp.', hidden: true }),
    typed: Flags.string({ description: 'What the operator typed; for who starts dp.', hidden: true }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(EtlRun);
    const { detach, engine, readers, concurrency, force, 'dry-run': dryRun } = flags;
    const only = chosenStates(flags.only);
    const range = dayRange(flags);
    const input = {
      ...range,
      ...(only === undefined ? {} : { only }),
      ...{ concurrency, dryRun, force },
      ...runIdOf(flags['run-id'], range),
    };
    const settings = await this.settings();
    const onAws = settings.environmentConfig.kind === 'aws';
    if (onAws && engine === 'duckdb') throw usage('On AWS the engine is Spark.', '--engine spark');
    if (onAws || detach) {
      const platform = await this.platform();
      // What must be set up on this machine first is asked for here: a run apart can ask nobody.
      if (!onAws) await platform.engine(this.engineChoice(flags));
      const deps = await openJobDays(platform);
      const work = async () =>
        runDaysByJob(
          { ...input, detach, readers, engine: onAws ? undefined : engine },
          {
            ...deps,
            ...{ signal: this.signal, paint: this.paint(), print: (text) => this.print(text) },
            stopOrLeave: (ids) => askStopOrLeave(ids, this.prompts),
            tell: this.teller(),
          },
        );
      const isOurs = !deps.jobs.journaled && !dryRun;
      return this.end(await (isOurs ? this.change(work, daysByJob) : work()));
    }
    const etl = await openEtl(await this.platform(), settings, this.engineChoice(flags));
    const work = async () => runEtl(input, { ...etl, signal: this.signal, notify: this.teller() });
    const result = await (dryRun
      ? work()
      : this.change(work, ({ days }) => loadedDays(days), { typed: flags.typed }));
    await this.print(dryRun ? formatPlan(result.plan) : formatRun(result));
    await this.end(result);
  }

  private async end({ end, days }: Pick<RunEtlResult, 'end' | 'days'>): Promise<void> {
    this.endWith(EXIT_CODES[end]);
    await this.nameHopBehind(days.find(({ error }) => error !== undefined)?.error);
  }

  private engineChoice(flags: {
    readonly engine?: EngineChoice['name'] | undefined;
    readonly readers?: number | undefined;
  }): EngineChoice | undefined {
    if (flags.engine === undefined) return undefined;
    return {
      name: flags.engine,
      ...(flags.readers === undefined ? {} : { readers: flags.readers }),
      agree: (what) => confirmMild(what, this.prompts),
      signal: this.signal,
    };
  }

  private teller(): (event: JobEvent, line?: string) => void {
    const count = countDays();
    return (event, line = etlEventLine(event as EtlEvent, this.paint())) => {
      void this.emit({ at: new Date(this.clock.now()).toISOString(), ...event });
      if (line !== undefined) this.say(line);
      const days = count(event);
      if (days !== undefined) this.progress(days.done, days.total, 'days');
    };
  }
}
