// One whole day with the DuckDB engine for etl-peers.ts, in a process of its own: all tables, all checks, published.
import { openLocalDatabase } from '../../src/local/database.ts';
import { localPaths } from '../../src/local/paths.ts';
import { runEtl } from '../../src/operations/run-etl.ts';
import { DAY, openEtlPlatform, runOf } from '../../test/support/etl-platform.ts';

const { ETL_PROJECT: project = '', ETL_FOLDER: folder = '' } = process.env;
const database = openLocalDatabase({ paths: localPaths(project), environmentVariables: process.env });
const { end, days } = await runEtl(runOf(DAY), await openEtlPlatform({ database, folder }));
if (end !== 'ok') throw new Error(JSON.stringify(days));
