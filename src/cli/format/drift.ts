import type { DriftPlatformResult } from '../../operations/drift-platform.ts';
import { drawTable } from './table.ts';

/** One row per stack, then the details of what drifted. */
export function formatDrift(result: DriftPlatformResult): string {
  const rows = result.stacks.map((one) => [one.stack, one.state, String(one.drifted), String(one.unchecked)]);
  const details = result.stacks.filter((one) => one.state === 'drifted').map((one) => one.text.trim());
  return [drawTable(['stack', 'state', 'drifted', 'not checkable'], rows), ...details].join('\n');
}
