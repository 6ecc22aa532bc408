import type { Value } from '../../platform/warehouse.ts';
import type { FormatOptions, Formatter, Rows } from './formatter.ts';
import { isNumeric } from './table.ts';
import { valueText } from './value.ts';
import { visible } from './visible.ts';

/** A GitHub table. NULL is `NULL`; pipes and backslashes are escaped, newlines become `<br>`. */
export function markdownFormatter(options: FormatOptions): Formatter {
  return {
    head: () => {
      const names = options.columns.map((column) => cell(column.name));
      const rules = options.columns.map((column) => (isNumeric(column.type) ? '---:' : '---'));
      return `| ${names.join(' | ')} |\n| ${rules.join(' | ')} |\n`;
    },
    rows: (batch: Rows) => batch.map((row) => `| ${row.map(valueCell).join(' | ')} |\n`).join(''),
    tail: () => '',
  };
}

function valueCell(value: Value): string {
  return value === null ? 'NULL' : cell(valueText(value));
}

function cell(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;');
  return visible(escaped.replace(/\r\n|\n|\r/g, '\u0000'), {}).replaceAll('\\0', '<br>');
}
