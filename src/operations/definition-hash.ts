import { createHash } from 'node:crypto';
import type { LakeTable } from '../lake/contract.ts';

/** SHA-256 of a table's contract, transform and checks: tells by which rules a partition was made. */
export function definitionHash(tables: readonly LakeTable[], name: string): string {
  const table = tables.find(({ contract }) => contract.table === name);
  return createHash('sha256')
    .update(JSON.stringify(table ?? null))
    .digest('hex');
}
