import type { LogLine, LogSourceName } from '../../platform/logs.ts';
import type { Colour, Paint } from '../terminal.ts';
import { visible } from './visible.ts';

const COLOURS: Readonly<Record<LogSourceName, Colour>> = {
  api: 'cyan',
  job: 'green',
  crawler: 'green',
  database: 'yellow',
  bastion: 'dim',
  rotation: 'bold',
  changes: 'bold',
};
const SOURCE_WIDTH = 8;
const PART_WIDTH = 9;

/** Time, source in its colour, and what it said with nothing a terminal would obey. */
export function formatLogLine({ at, source, part, text }: LogLine, paint: Paint): string {
  const which = part === undefined ? '' : `${paint('dim', part.padEnd(PART_WIDTH))}  `;
  return `${at}  ${paint(COLOURS[source], source.padEnd(SOURCE_WIDTH))}  ${which}${visible(text)}`;
}
