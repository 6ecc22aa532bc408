import type { Value } from '../../platform/warehouse.ts';
import type { FormatOptions, Formatter, Rows } from './formatter.ts';
import { valueJson } from './value.ts';

/** `{"columns":[…],"rows":[[…]],"stats":{…}}` in one object, written as it comes. */
export function jsonFormatter(options: FormatOptions): Formatter {
  let first = true;
  const columns = options.columns.map(({ name, type }) => ({ name, type }));
  return {
    head: () => `{"columns":${safeJson(columns)},"rows":[`,
    rows: (batch: Rows) => {
      let text = '';
      for (const row of batch) {
        text += `${first ? '\n' : ',\n'}${rowJson(row)}`;
        first = false;
      }
      return text;
    },
    tail: (stats) => `${first ? '' : '\n'}],"stats":${safeJson(stats ?? {})}}\n`,
  };
}

/** One JSON object a row, keyed by column. Of two columns with one name the later gets `_2`, `_3`, … */
export function ndjsonFormatter(options: FormatOptions): Formatter {
  const keys = uniqueNames(options.columns.map((column) => column.name)).map((name) => `${safeJson(name)}:`);
  return {
    head: () => '',
    rows: (batch: Rows) => {
      let text = '';
      for (const row of batch) {
        text += `{${row.map((value, index) => (keys[index] ?? '') + safeJson(valueJson(value))).join(',')}}\n`;
      }
      return text;
    },
    tail: () => '',
  };
}

export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let count = 2; taken.has(unique); count++) unique = `${name}_${count}`;
    taken.add(unique);
    return unique;
  });
}

function rowJson(row: readonly Value[]): string {
  return safeJson(row.map(valueJson));
}

/** JSON.stringify escapes C0; this escapes the rest that a terminal or a line reader would obey. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
