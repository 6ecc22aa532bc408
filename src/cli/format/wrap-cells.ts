import { textWidth } from './text-width.ts';
import { wrap } from './wrap.ts';

/** A column of words does not get narrower than this. */
const NARROWEST = 16;
const GAP = 2;

/**
 * Breaks cells of words between words, so that the rows fit so many columns: a row becomes as many as its highest cell has
 * lines. Numbers, and words that are wide by themselves, stay whole; where that is too wide all the same, so do all rows.
 */
export function wrapCells(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  { right, columns }: { readonly right: readonly number[]; readonly columns: number },
): readonly (readonly string[])[] {
  const cells = titles.map((title, index) => [title, ...rows.map((row) => row[index] ?? '')]);
  const widths = cells.map((column) => Math.max(...column.map(textWidth)));
  const least = cells.map((column, index) =>
    right.includes(index) ? (widths[index] ?? 0) : leastWidth(column, widths[index] ?? 0),
  );
  let over = sumOf(widths) + GAP * (widths.length - 1) - columns;
  if (over <= 0 || sumOf(widths) - sumOf(least) < over) return rows;
  while (over > 0) {
    const slack = widths.map((width, index) => width - (least[index] ?? 0));
    const widest = slack.indexOf(Math.max(...slack));
    const others = slack.filter((_, index) => index !== widest);
    // Down to the next widest, so that the room is shared.
    const step = Math.min(over, Math.max(1, (slack[widest] ?? 0) - Math.max(0, ...others)));
    widths[widest] = (widths[widest] ?? 0) - step;
    over -= step;
  }
  return rows.flatMap((row) => linesOfRow(row, widths));
}

function leastWidth(column: readonly string[], width: number): number {
  // What goes on stands two columns further in.
  const words = column.flatMap((text) =>
    text.split(' ').map((word, at) => textWidth(word) + (at === 0 ? 0 : 2)),
  );
  return Math.min(width, Math.max(NARROWEST, ...words));
}

function linesOfRow(row: readonly string[], widths: readonly number[]): string[][] {
  const cells = row.map((text, index) => wrap(text, widths[index] ?? 0).split('\n'));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => cells.map((lines) => lines[line] ?? ''));
}

function sumOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0);
}
