import type { WriteStream } from 'node:tty';
import { formatInteger } from './format/quantity.ts';
import { visible } from './format/visible.ts';
import { wrap } from './format/wrap.ts';

/** Whether colours may be written to `stream`: NO_COLOR, FORCE_COLOR, TERM and `--no-color` decide as everywhere. */
export function colourAllowed(
  stream: NodeJS.WriteStream,
  environment: NodeJS.ProcessEnv,
  noColour: boolean,
): boolean {
  if (noColour || (environment.NO_COLOR ?? '') !== '') return false;
  const forced = environment.FORCE_COLOR;
  if (forced !== undefined && forced !== '0' && forced !== '') return true;
  return stream.isTTY === true && environment.TERM !== 'dumb';
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Colour = keyof typeof CODES;
export type Paint = (colour: Colour, text: string) => string;

export function painter(allowed: boolean): Paint {
  return (colour, text) => (allowed ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text);
}

/** Columns of the terminal behind `stream`, or undefined when it is not one. */
export function widthOf(stream: NodeJS.WriteStream): number | undefined {
  return stream.isTTY === true ? Math.max(20, (stream as WriteStream).columns || 80) : undefined;
}

/** Writes to a stream and waits while it is full, so that a slow reader bounds our memory. */
export async function writeAll(stream: NodeJS.WriteStream, text: string | Uint8Array): Promise<void> {
  if (text.length === 0 || stream.destroyed || stream.errored !== null || stream.write(text)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      stream.off('drain', done);
      stream.off('close', done);
      stream.off('error', done);
      resolve();
    };
    stream.on('drain', done).on('close', done).on('error', done);
  });
}

/** Writes bytes and waits until the stream needs them no more, or has gone. */
export async function writeThrough(stream: NodeJS.WriteStream, bytes: Uint8Array): Promise<void> {
  if (stream.destroyed || stream.errored !== null) return;
  await new Promise<void>((resolve) => stream.write(bytes, () => resolve()));
}

/** Waits until the reader of a stream has all that was written to it, or has gone. */
export async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  await writeThrough(stream, new Uint8Array());
}

/** One line for a person on stderr, with anything a terminal would obey made visible. */
export function sayLine(text: string): void {
  const columns = widthOf(process.stderr);
  const harmless = visible(text, { keepNewlines: true, keepColour: true });
  const line = `${columns === undefined ? harmless : wrap(harmless, columns)}\n`;
  process.stderr.write(progressLine === '' ? line : `${ERASE_LINE}${line}${progressLine}`);
}

const ERASE_LINE = '\r\u001b[K';
const BAR_COLUMNS = 24;
/** What stands below everything that was said, while long work goes on. */
let progressLine = '';

/** Whether there is a terminal that progress can be drawn on. */
export function drawsProgress(): boolean {
  return process.stderr.isTTY === true && process.env.TERM !== 'dumb';
}

/** Draws how far work has come as the last line of a terminal; lines that are said later stand above it. */
export function showProgress({ done, total, what }: { done: number; total: number; what: string }): void {
  if (!drawsProgress()) return;
  const full = Math.round((Math.min(done, total) / total) * BAR_COLUMNS);
  const counts = `${formatInteger(done)} of ${formatInteger(total)}`;
  progressLine = `${'█'.repeat(full)}${'░'.repeat(BAR_COLUMNS - full)}  ${counts} ${what}`;
  process.stderr.write(`${ERASE_LINE}${progressLine}`);
}

/** Takes the progress away: what comes next has the terminal for itself. */
export function endProgress(): void {
  if (progressLine !== '') process.stderr.write(ERASE_LINE);
  progressLine = '';
}

/** Empties a terminal before something is drawn again. Does nothing elsewhere, and nothing for JSON. */
export async function clearScreen(stream: NodeJS.WriteStream, json: boolean): Promise<void> {
  if (stream.isTTY === true && !json) await writeAll(stream, '\u001b[H\u001b[2J');
}
