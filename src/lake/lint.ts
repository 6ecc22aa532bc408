import type { LakeTable } from './contract.ts';

/** placeholder until the rules land */
export function lintTable(_table: LakeTable, _tables: readonly LakeTable[]): void {}
