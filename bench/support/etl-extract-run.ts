// One load of order_items for etl-extract.ts, in a process of its own. Prints its figures as JSON.
import { dayWindow } from '../../src/etl/business-day.ts';
import { differences } from '../../src/etl/manifest.ts';
import { openLocalDatabase } from '../../src/local/database.ts';
import { openLocalEngine } from '../../src/local/engine.ts';
import { localPaths } from '../../src/local/paths.ts';
import { readLakeTables } from '../../src/operations/read-lake-tables.ts';

const { ETL_PROJECT: project = '', ETL_FOLDER: folder = '', ETL_DAY: date = '' } = process.env;
const database = openLocalDatabase({ paths: localPaths(project), environmentVariables: process.env });
await database.access('etl_reader');
const engine = openLocalEngine({ database, lakeFolder: `${folder}/lake`, spillFolder: `${folder}/spill` });
// order_items alone, with the checks that need no other table.
const tables = (await readLakeTables())
  .filter(({ contract }) => contract.table === 'order_items')
  .map((table) => ({
    ...table,
    checks: table.checks.filter(({ sql }) => !/\b(orders|products) [op]\b/.test(sql)),
  }));
const started = performance.now();
let checkedMs = Number.NaN;
const runId = '20261123T000000000Z-abcdef';
const loaded = await engine.loadDay({ date, runId, window: dayWindow(date), tables }, (event) => {
  if (event.step === 'checked') checkedMs = performance.now() - started;
});
const verifiedMs = performance.now() - started;
for (const table of loaded.tables) {
  const wrong = [
    ...differences(table.source, table.lake),
    ...table.checks.filter(({ badRows }) => badRows > 0),
  ];
  if (wrong.length > 0) throw new Error(`the load is wrong: ${JSON.stringify(wrong)}`);
}
const rssMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(JSON.stringify({ checkedMs, verifiedMs, rssMegabytes }));
