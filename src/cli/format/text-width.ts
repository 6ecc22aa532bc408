import { createRequire } from 'node:module';

/** Characters of one column each: ASCII, Latin, dashes and quotes, and the lines that tables are drawn with. */
const NARROW = /^[\x20-\x7e\xa1-\xac\xae-\xff\u2010-\u2015\u2018-\u201f\u2022\u2026\u2500-\u259f]*$/;

let stringWidth: ((text: string) => number) | undefined;

/**
 * The columns that a text takes on a terminal; colours take none. Loading string-width costs 30 ms (its tables of
 * Unicode), which most commands never need: it comes with the first text that has other characters.
 */
export function textWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  stringWidth ??= createRequire(import.meta.url)('string-width').default as (text: string) => number;
  return stringWidth(text);
}
