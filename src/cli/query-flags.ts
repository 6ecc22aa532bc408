import * as Flags from '@oclif/core/flags';
import { FETCH_WAYS } from '../platform/warehouse.ts';
import { usage } from './errors.ts';
import { CHARTS } from './format/chart-points.ts';
import { FORMATS } from './format/formatter.ts';

/** Flags that say what becomes of a result; the same for a new query and an old one. */
export const resultFlags = {
  format: Flags.string({
    description: 'Form of the result. Default: table on a terminal, csv elsewhere.',
    options: [...FORMATS, 'parquet'],
  }),
  output: Flags.string({
    char: 'o',
    description: 'File for the result instead of stdout; its ending chooses the format. Needed for parquet.',
    helpValue: 'PATH',
  }),
  fetch: Flags.string({
    description:
      "How rows come from Athena: the faster of its API and its file, or one of them, or UNLOAD's files.",
    options: [...FETCH_WAYS],
    default: 'auto',
  }),
  chart: Flags.string({ description: 'Draw the result in the terminal.', options: [...CHARTS] }),
  open: Flags.boolean({
    description:
      'Write the result with a chart to a page of HTML (--output FILE.html, or a temporary file) and open it.',
  }),
};

/** Flags that choose where on Athena a query runs. */
export const engineFlags = {
  database: Flags.string({
    description: 'Schema of bare table names. Default: the lake.',
    helpValue: 'NAME',
  }),
  workgroup: Flags.string({
    description: "Athena's workgroup. Default: DP_WORKGROUP, then the environment's own.",
    helpValue: 'NAME',
  }),
  'result-location': Flags.string({
    description:
      'Where Athena puts the result, s3://BUCKET/PREFIX/. Default: DP_RESULT_LOCATION, then what the workgroup says.',
    helpValue: 'URI',
  }),
};

const MINUTES = { m: 1, h: 60, d: 1440 } as const;
/** The oldest result Athena takes again, in minutes: seven days. */
const REUSE_MINUTES_MAX = 10_080;

/** `60m`, `2h`, `7d` in minutes. */
export function parseAge(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+)([mhd])$/.exec(text);
  const minutes = Number(match?.[1]) * MINUTES[(match?.[2] ?? 'm') as keyof typeof MINUTES];
  if (match === null || minutes > REUSE_MINUTES_MAX)
    throw usage(`--reuse ${text} is not an age up to 7 days.`, 'Write it as 60m, 12h or 7d.');
  return minutes;
}

const POWERS = { '': 0, K: 1, M: 2, G: 3, T: 4 } as const;

/** `500MB`, `2GB` in bytes: powers of 1,000, and `GiB` of 1,024. */
export function parseBytes(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?$/i.exec(text);
  if (match === null)
    throw usage(`--max-scan ${text} is not a number of bytes.`, 'Write it as 500MB or 2GB.');
  const power = POWERS[(match[2] ?? '').toUpperCase() as keyof typeof POWERS];
  return Number(match[1]) * (match[3] === '' ? 1000 : 1024) ** power;
}

/** `0.5`, `$0.50` in US dollars. */
export function parseUsd(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^\$?(\d+(?:\.\d+)?)$/.exec(text);
  if (match === null) throw usage(`--max-cost ${text} is not an amount of US dollars.`, 'Write it as 0.50.');
  return Number(match[1]);
}
