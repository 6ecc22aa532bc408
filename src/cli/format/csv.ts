import type { Value } from '../../platform/warehouse.ts';
import type { FormatOptions, Formatter, Rows } from './formatter.ts';
import { valueText } from './value.ts';
import { visible } from './visible.ts';

const NEEDS_QUOTES = /[",\r\n]/;

/** RFC 4180 with `\n` line ends. NULL is an empty field; the empty string is `""`, so the two stay apart. */
export function csvFormatter(options: FormatOptions): Formatter {
  const field = options.terminal ? (text: string) => quoted(visible(text, { keepNewlines: true })) : quoted;
  return {
    head: () => `${options.columns.map((column) => field(column.name)).join(',')}\n`,
    rows: (batch: Rows) => {
      let text = '';
      for (const row of batch) text += line(row, field);
      return text;
    },
    tail: () => '',
  };
}

function line(row: readonly Value[], field: (text: string) => string): string {
  let text = '';
  for (let index = 0; index < row.length; index++) {
    if (index > 0) text += ',';
    const value = row[index];
    if (value === null || value === undefined) continue;
    text += typeof value === 'number' || typeof value === 'bigint' ? value : field(valueText(value));
  }
  return `${text}\n`;
}

function quoted(text: string): string {
  if (text === '') return '""';
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
