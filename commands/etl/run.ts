import * as Flags from '@oclif/core/flags';
import { DpCommand } from '../../src/cli/base-command.ts';
import { countDays } from '../../src/cli/day-progress.ts';
import { chosenStates, dayFlags, dayRange } from '../../src/cli/day-range.ts';
import { usage } from '../../src/cli/errors.ts';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { etlEventLine, formatPlan, formatRun } from '../../src/cli/format/etl-run.ts';
import { askStopOrLeave, confirmMild } from '../../src/cli/prompts.ts';
import { loadedDays } from '../../src/operations/change-outcomes.ts';
import { openEtl } from '../../src/operations/open-etl.ts';
import { type EtlEvent, type RunEtlInput, runEtl } from '../../src/operations/run-etl.ts';
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
      description: 'AWS only: start the runs and return. dp etl attach follows one.',
    }),
    'dry-run': Flags.boolean({ description: 'Show which days would be loaded and why, and stop.' }),
    force: Flags.boolean({ description: 'Publish although error checks fail. The manifest says so.' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(EtlRun);
    const only = chosenStates(flags.only);
    const input = {
      ...dayRange(flags),
      ...(only === undefined ? {} : { only }),
      concurrency: flags.concurrency,
      dryRun: flags['dry-run'],
      force: flags.force,
    };
    const platform = await this.platform();
    const settings = await this.settings();
    if (settings.environmentConfig.kind === 'aws') return this.runOnAws(input, flags);
    const etl = await openEtl(platform, settings, this.engineChoice(flags));
    const work = async () =>
      runEtl(input, { ...etl, signal: this.signal, notify: (event) => this.tell(event) });
    const result = await (input.dryRun ? work() : this.change(work, ({ days }) => loadedDays(days)));
    await this.print(flags['dry-run'] ? formatPlan(result.plan) : formatRun(result));
    this.endWith(EXIT_CODES[result.end]);
  }

  private async runOnAws(
    input: Omit<RunEtlInput, 'concurrency'> & { readonly concurrency: number },
    flags: {
      readonly engine?: string | undefined;
      readonly readers?: number | undefined;
      readonly detach: boolean;
    },
  ): Promise<void> {
    if (flags.engine === 'duckdb') throw usage('On AWS the engine is Spark.', '--engine spark');
    const { openJobDays } = await import('../../src/operations/open-job-days.ts');
    const { runJobDays } = await import('../../src/operations/run-job-days.ts');
    const { jobEventLine } = await import('../../src/cli/format/job-events.ts');
    const result = await runJobDays(
      { ...input, detach: flags.detach, ...(flags.readers === undefined ? {} : { readers: flags.readers }) },
      {
        ...(await openJobDays(await this.platform())),
        signal: this.signal,
        stopOrLeave: (ids) => askStopOrLeave(ids, this.prompts),
        notify: (event) => {
          void this.emit(event);
          const line = jobEventLine(event, this.paint());
          if (line !== undefined) this.say(line);
        },
      },
    );
    await this.print(input.dryRun ? formatPlan(result.plan) : formatRun(result));
    for (const [date, run] of Object.entries(result.started)) await this.print(`${date}  started as ${run}`);
    this.endWith(EXIT_CODES[result.end]);
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

  readonly #countDays = countDays();

  private tell(event: EtlEvent): void {
    void this.emit(event);
    const line = etlEventLine(event, this.paint());
    if (line !== undefined) this.say(line);
    const days = this.#countDays(event);
    if (days !== undefined) this.progress(days.done, days.total, 'days');
  }
}
