import { extname } from 'node:path';
import { usage } from './errors.ts';
import type { Format } from './format/formatter.ts';

export type QueryTarget =
  | { readonly kind: 'stdout'; readonly format: Format }
  | { readonly kind: 'file'; readonly format: Format; readonly path: string }
  | { readonly kind: 'parquet'; readonly path: string };

const FORMAT_OF_ENDING: Readonly<Record<string, Format | 'parquet'>> = {
  '.csv': 'csv',
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.md': 'markdown',
  '.txt': 'table',
  '.parquet': 'parquet',
};

/** Decides where a result goes and in which form: `--json`, then `--format`, then the file's ending, then the terminal. */
export function queryTarget(given: {
  readonly format: string | undefined;
  readonly output: string | undefined;
  readonly json: boolean;
  readonly terminal: boolean;
}): QueryTarget {
  if (given.json && given.format !== undefined && given.format !== 'json') {
    throw usage(`--json and --format ${given.format} contradict each other.`, 'Give one of them.');
  }
  const path = given.output;
  const ending = path === undefined ? undefined : FORMAT_OF_ENDING[extname(path).toLowerCase()];
  const fallback = path === undefined && given.terminal ? 'table' : 'csv';
  const format = (given.json ? 'json' : (given.format ?? ending ?? fallback)) as Format | 'parquet';
  if (format === 'parquet') {
    if (path === undefined)
      throw usage('Parquet is not for a terminal or a pipe.', 'Add --output FILE.parquet.');
    return { kind: 'parquet', path };
  }
  return path === undefined ? { kind: 'stdout', format } : { kind: 'file', format, path };
}
