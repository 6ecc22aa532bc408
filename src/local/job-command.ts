import { dayOfArguments, JOB_ARGUMENTS } from '../etl/job-arguments.ts';
import { dayMissing } from './jobs-errors.ts';

/**
 * What dp is to be started with for a run of these arguments. Like the Glue job it takes the day from the scheduled
 * time where no date is given, and leaves alone what it does not know. Throws a Failure when neither is there.
 */
export function dpArguments(given: Readonly<Record<string, string>>): string[] {
  const day = dayOfArguments(given);
  if (day === undefined) throw dayMissing();
  const passed = [JOB_ARGUMENTS.runId, JOB_ARGUMENTS.engine, JOB_ARGUMENTS.readers].flatMap((name) => {
    const value = given[name];
    return value === undefined ? [] : [`${name}=${value}`];
  });
  const force = given[JOB_ARGUMENTS.force] === 'true' ? ['--force'] : [];
  return ['etl', 'run', '--env=local', '--json', '--no-input', `--date=${day}`, ...passed, ...force];
}
