import type { ReadOutputsResult } from '../../operations/read-outputs.ts';
import { drawTable } from './table.ts';

/** One row per output, with the state of its stack. */
export function formatOutputs(result: ReadOutputsResult): string {
  if (result.stacks.length === 0) return `Nothing of ${result.environment} is deployed. Try: dp deploy`;
  const rows = result.stacks.flatMap(({ stack, status, outputs }) => {
    const values = Object.entries(outputs);
    return values.length === 0
      ? [[stack, status, '', '']]
      : values.map(([name, value]) => [stack, status, name, value]);
  });
  return drawTable(['stack', 'status', 'output', 'value'], rows);
}
