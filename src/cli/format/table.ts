import type { ResultColumn, Value } from '../../platform/warehouse.ts';
import type { FormatOptions, Formatter, Rows } from './formatter.ts';
import { textWidth } from './text-width.ts';
import { valueText } from './value.ts';
import { visible } from './visible.ts';

/** Rows looked at before the widths are fixed. Later rows that are wider push their line out, they are not cut. */
const SAMPLED_ROWS = 1000;
/** No column of a terminal table gets narrower than this, however many there are. */
const NARROWEST = 4;

/** A table drawn for people: widths count CJK and emoji as terminals do, numbers stand right, NULL is `NULL`. */
export function tableFormatter(options: FormatOptions): Formatter {
  const sample: string[][] = [];
  let widths: number[] | undefined;
  const start = (): string => {
    widths = fitWidths(options, sample);
    const titles = options.columns.map((column) => visible(column.name));
    const rule = widths.map((width) => '─'.repeat(width)).join('  ');
    const rows = sample.map((row) => drawRow(row, widths ?? [], options)).join('');
    return `${drawRow(titles, widths, options)}${rule}\n${rows}`;
  };
  return {
    head: () => '',
    rows: (batch: Rows) => {
      let text = '';
      for (const row of batch) {
        const cells = row.map(cellText);
        if (widths !== undefined) text += drawRow(cells, widths, options);
        else if (sample.push(cells) === SAMPLED_ROWS) text += start();
      }
      return text;
    },
    tail: () => (widths === undefined ? start() : ''),
  };
}

/** Whether values of an Athena type read best flush right. */
export function isNumeric(type: string): boolean {
  return /^(tinyint|smallint|integer|int|bigint|real|float|double|decimal)\b/.test(type);
}

/** One row of cells as a line, cut to the widths when it goes to a terminal. */
function drawRow(cells: readonly string[], widths: readonly number[], options: FormatOptions): string {
  const drawn = cells.map((text, index) => {
    const width = widths[index] ?? 0;
    return fit(text, {
      width,
      right: isNumeric(options.columns[index]?.type ?? ''),
      cut: options.widthMax !== undefined,
      last: index === cells.length - 1,
    });
  });
  return `${drawn.join('  ').trimEnd()}\n`;
}

function cellText(value: Value): string {
  return value === null ? 'NULL' : visible(valueText(value));
}

function fitWidths(options: FormatOptions, sample: readonly (readonly string[])[]): number[] {
  const widths = options.columns.map((column: ResultColumn, index) =>
    sample.reduce(
      (width, row) => Math.max(width, textWidth(row[index] ?? '')),
      textWidth(visible(column.name)),
    ),
  );
  if (options.widthMax === undefined) return widths;
  let over = widths.reduce((sum, width) => sum + width, 0) + 2 * (widths.length - 1) - options.widthMax;
  while (over > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    const width = widths[widest] ?? 0;
    if (width <= NARROWEST) break;
    const second = Math.max(NARROWEST, ...widths.filter((_, index) => index !== widest));
    const shrink = Math.min(over, Math.max(1, width - second));
    widths[widest] = Math.max(NARROWEST, width - shrink);
    over -= shrink;
  }
  return widths;
}

interface Fit {
  readonly width: number;
  readonly right: boolean;
  readonly cut: boolean;
  readonly last: boolean;
}

function fit(text: string, { width, right, cut, last }: Fit): string {
  const actual = textWidth(text);
  if (actual > width && cut) return fit(cutTo(text, width), { width, right, cut: false, last });
  if (actual >= width) return text;
  const padding = ' '.repeat(width - actual);
  if (right) return padding + text;
  return last ? text : text + padding;
}

const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });

function cutTo(text: string, width: number): string {
  let kept = '';
  let used = 0;
  for (const { segment } of GRAPHEMES.segment(text)) {
    const next = textWidth(segment);
    if (used + next > width - 1) break;
    kept += segment;
    used += next;
  }
  return `${kept}…`;
}

/**
 * A small table of words, for commands whose result is a list. Numbers in `right` columns stand right. With
 * `widthMax` it is cut to a terminal's columns.
 */
export function drawTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
  widthMax?: number,
): string {
  const columns = titles.map((name, index) => ({ name, type: right.includes(index) ? 'bigint' : 'varchar' }));
  const formatter = tableFormatter({
    columns,
    terminal: false,
    ...(widthMax === undefined ? {} : { widthMax }),
  });
  return formatter.rows(rows) + formatter.tail();
}
