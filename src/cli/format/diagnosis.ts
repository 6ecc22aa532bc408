import type { Diagnosis } from '../../operations/diagnose-platform.ts';
import type { CheckedHop } from '../../operations/run-hops.ts';
import { type Paint, wrapForTerminal } from '../terminal.ts';
import { visible } from './visible.ts';

const MARKS = { green: '✓', yellow: '!', red: '✗', skipped: '-' } as const;
const COLOURS = { green: 'green', yellow: 'yellow', red: 'red', skipped: 'dim' } as const;
const NAME_WIDTH = 16;

/** The chain, one line a hop, with the command that fixes what is not green; then what was repaired and the one broken hop. */
export function formatDiagnosis(diagnosis: Diagnosis, paint: Paint): string {
  const { hops, repaired, broken, light } = diagnosis;
  const ends = { green: 'Everything works.', yellow: 'Everything works; see the lines with !.', red: '' };
  return [
    ...hops.map((hop) => hopLine(hop, paint)),
    ...repaired.map((what) => `Repaired ${what}.`),
    broken === null ? ends[light] : paint('red', `Broken: ${broken}.`),
  ].join('\n');
}

function hopLine({ name, light, reason, command }: CheckedHop, paint: Paint): string {
  const said = wrapForTerminal(visible(reason), NAME_WIDTH + 3);
  const line = `${paint(COLOURS[light], MARKS[light])} ${name.padEnd(NAME_WIDTH)} ${said}`;
  return command === undefined ? line : `${line}\n  ${' '.repeat(NAME_WIDTH)} Try: ${command}`;
}
