// Runs one day in a process of its own, and kills or stops it there and then where it is told to.
// ETL_PROJECT: the folder of the server; ETL_FOLDER: of the lake; ETL_DAY; ETL_KILL_AT or ETL_STOP_AT: `locked`, `event written`, …
import { openLocalDatabase } from '../../src/local/database.ts';
import { localPaths } from '../../src/local/paths.ts';
import { runEtl } from '../../src/operations/run-etl.ts';
import { openEtlPlatform, runOf } from './etl-platform.ts';

const {
  ETL_PROJECT: project = '',
  ETL_FOLDER: folder = '',
  ETL_DAY: day = '',
  ETL_KILL_AT: killAt,
  ETL_STOP_AT: stopAt,
} = process.env;
const database = openLocalDatabase({ paths: localPaths(project), environmentVariables: process.env });
const deps = await openEtlPlatform({ database, folder, nowMs: Number(process.env.ETL_NOW) });
const killIf = (moment: string): void => {
  if (moment === killAt) process.kill(process.pid, 'SIGKILL');
  if (moment === stopAt) {
    process.stdout.write('stopped\n');
    process.kill(process.pid, 'SIGSTOP');
  }
};
process.stdout.write('started\n');
const result = await runEtl(runOf(day), {
  ...deps,
  afterStep: (step) => killIf(step),
  notify: ({ event }) => killIf(`event ${event}`),
});
process.stdout.write(`${JSON.stringify(result.days[0])}\n`);
process.exitCode = result.end === 'ok' ? 0 : 1;
