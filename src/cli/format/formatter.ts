import type { ResultColumn, Value } from '../../platform/warehouse.ts';

export type Rows = readonly (readonly Value[])[];

/** Turns a result into text piece by piece, so that a result of any length needs little memory. */
export interface Formatter {
  /** Before the first row. */
  head(): string;
  rows(batch: Rows): string;
  /** After the last row. `stats` is what `--json` carries beside the rows. */
  tail(stats?: unknown): string;
}

export const FORMATS = ['table', 'csv', 'json', 'ndjson', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

export interface FormatOptions {
  readonly columns: readonly ResultColumn[];
  /** Columns of the terminal the text goes to; undefined for pipes and files, where nothing is cut. */
  readonly widthMax?: number;
  /** True when the text goes to a terminal, which must never obey data. */
  readonly terminal: boolean;
}

/** The formatter of that name. Loads the code of one format only. */
export async function openFormatter(format: Format, options: FormatOptions): Promise<Formatter> {
  switch (format) {
    case 'table':
      return (await import('./table.ts')).tableFormatter(options);
    case 'csv':
      return (await import('./csv.ts')).csvFormatter(options);
    case 'json':
      return (await import('./json.ts')).jsonFormatter(options);
    case 'ndjson':
      return (await import('./json.ts')).ndjsonFormatter(options);
    case 'markdown':
      return (await import('./markdown.ts')).markdownFormatter(options);
  }
}
