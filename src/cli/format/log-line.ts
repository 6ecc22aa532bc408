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

/** Time, source in its colour, and what it said with nothing a terminal would obey. */
export function formatLogLine({ at, source, text }: LogLine, paint: Paint): string {
  return `${at}  ${paint(COLOURS[source], source.padEnd(SOURCE_WIDTH))}  ${visible(text)}`;
}
