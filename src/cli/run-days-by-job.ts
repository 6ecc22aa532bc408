import type { JobEvent } from '../operations/load-day-by-job.ts';
import {
  type RunJobDaysDeps,
  type RunJobDaysInput,
  type RunJobDaysResult,
  runJobDays,
} from '../operations/run-job-days.ts';
import type { EngineChoice } from '../platform/engine.ts';
import { usage } from './errors.ts';
import { formatPlan, formatRun } from './format/etl-run.ts';
import { jobEventLine } from './format/job-events.ts';
import type { Paint } from './terminal.ts';

export interface RunDaysByJobDeps extends Omit<RunJobDaysDeps, 'notify'> {
  readonly paint: Paint;
  readonly print: (text: string) => Promise<void>;
  /** An event, and what it is to a person. */
  readonly tell: (event: JobEvent, line: string | undefined) => void;
}

/** Loads days with the job, says what happens, and prints what came of it: days that have ended, and runs that go on. */
export async function runDaysByJob(
  input: RunJobDaysInput,
  deps: RunDaysByJobDeps,
): Promise<RunJobDaysResult> {
  const notify = (event: JobEvent): void => deps.tell(event, jobEventLine(event, deps.paint));
  const result = await runJobDays(input, { ...deps, notify });
  const started = Object.entries(result.started);
  if (input.dryRun) await deps.print(formatPlan(result.plan));
  else if (started.length === 0 || result.days.length > 0) await deps.print(formatRun(result));
  for (const [date, run] of started) await deps.print(`${date}  started as ${run}`);
  return result;
}

/** Throws a usage Failure for what the engine that will move the days cannot do. */
export function assertEngineFits(asked: {
  readonly onAws: boolean;
  readonly engine: EngineChoice['name'] | undefined;
  readonly readers: number | undefined;
}): void {
  const { onAws, engine, readers } = asked;
  if (onAws && engine === 'duckdb') throw usage('On AWS the engine is Spark.', '--engine spark');
  if (!onAws && readers !== undefined && engine !== 'spark')
    throw usage('Only Spark has readers.', '--engine spark');
}
