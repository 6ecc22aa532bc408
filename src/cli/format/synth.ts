import type { SynthPlatformResult } from '../../operations/synth-platform.ts';
import { drawTable } from './table.ts';

/** The stacks of a synthesized platform. */
export function formatSynth(result: SynthPlatformResult): string {
  const rows = result.stacks.map((stack) => [
    stack.name,
    String(stack.resources),
    stack.dependsOn.map((name) => name.slice(name.lastIndexOf('-') + 1)).join(', '),
  ]);
  const where = result.folder === undefined ? [] : [`Templates are in ${result.folder}.`];
  return [drawTable(['stack', 'resources', 'after'], rows), ...where].join('\n');
}
