import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LakeTable } from '../../src/lake/contract.ts';

/** Writes tables as src/lake keeps them: a folder each. */
export function writeDefinitions(tables: readonly LakeTable[], folder: string): void {
  for (const { contract, transform, checks } of tables) {
    const at = join(folder, contract.table);
    mkdirSync(join(at, 'checks'), { recursive: true });
    writeFileSync(join(at, 'contract.json'), JSON.stringify(contract, undefined, 2));
    writeFileSync(join(at, 'transform.sql'), transform);
    for (const { name, sql } of checks) writeFileSync(join(at, 'checks', `${name}.sql`), sql);
  }
}
