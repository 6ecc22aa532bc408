import { mkdtempSync } from 'node:fs';
import { openLocalCatalog } from '../../src/local/catalog.ts';
import { openPreparedStatements } from '../../src/local/prepared-statements.ts';
import { openLocalWarehouse } from '../../src/local/warehouse.ts';
const f = mkdtempSync('/tmp/wd/x');
const catalog = openLocalCatalog({ folder: `${f}/catalog` });
await catalog.ensureDatabase('shop');
const w = openLocalWarehouse({ catalog, spillFolder: `${f}/spill`, now: Date.now, writes: { catalog, tablesFolder: `${f}/tables`, prepared: openPreparedStatements({ file: `${f}/prepared.json` }) } });
for (const sql of process.argv.slice(2)) {
  try {
    const r = await w.run({ sql: sql.replaceAll('$F', f), database: 'shop' });
    const rows = []; for await (const b of r.batches()) rows.push(...b);
    console.log('>', sql, '\n', r.columns.map((c) => `${c.name} ${c.type}`).join(', '), '\n', rows, r.stats().scannedBytes, r.stats().planningMs, r.stats().executionMs);
  } catch (e) { console.log('>', sql, '\n', (e as Error).name, (e as Error).message); }
}
await w[Symbol.asyncDispose]();
