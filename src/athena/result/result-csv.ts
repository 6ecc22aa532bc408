/** A row of a result as text: NULL is null, the empty text is ''. */
export type TextRow = (string | null)[];

const QUOTE = 0x22;
const COMMA = 0x2c;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** Bytes from here on are part of a character of more than one byte. */
const MULTIBYTE_FIRST = 0x80;

/** The longest value that is put together from pieces, in bytes: beyond Athena's own 32 MB rows. */
export const CELL_BYTES_MAX = 256 * 1024 * 1024;

const utf8 = new TextDecoder('utf-8');
const latin1 = new TextDecoder('latin1');

/**
 * Reads the CSV that Athena leaves in S3, from bytes in pieces of any size. Athena quotes every value, doubles
 * the quotes in it, leaves line ends as they are, and writes NULL as nothing at all; a NULL that is a row's only
 * column is an empty line. The first row holds the names and comes out like the others.
 */
export class ResultCsvReader {
  private readonly columns: number | undefined;
  private rest: Uint8Array = new Uint8Array(0);
  /** Where in `rest` the search for the end of a row goes on, and whether it stands inside quotes there. */
  private scanned = 0;
  private quoted = false;

  /** With one column an empty line is a row of NULL; with more it would be no row at all. */
  constructor(input: { readonly columns?: number } = {}) {
    this.columns = input.columns;
  }

  /** The rows that are complete with these bytes. */
  push(bytes: Uint8Array): TextRow[] {
    this.rest = this.rest.length === 0 ? bytes : joined(this.rest, bytes);
    const rows: TextRow[] = [];
    let start = 0;
    let at = this.scanned;
    const { rest } = this;
    while (at < rest.length) {
      const byte = rest[at];
      if (byte === QUOTE) this.quoted = !this.quoted;
      else if (byte === NEWLINE && !this.quoted) {
        this.addRow(rows, start, at);
        start = at + 1;
      }
      at += 1;
    }
    this.rest = start === 0 ? rest : rest.subarray(start);
    this.scanned = this.rest.length;
    if (this.rest.length > CELL_BYTES_MAX) throw new RangeError(`a row of more than ${CELL_BYTES_MAX} bytes`);
    return rows;
  }

  /** The last row, when its line end is missing. Throws when the bytes end inside quotes. */
  end(): TextRow[] {
    if (this.quoted) throw new SyntaxError('the result ends in the middle of a value');
    const rows: TextRow[] = [];
    if (this.rest.length > 0) this.addRow(rows, 0, this.rest.length);
    this.rest = new Uint8Array(0);
    this.scanned = 0;
    return rows;
  }

  private addRow(rows: TextRow[], start: number, lineEnd: number): void {
    const end = lineEnd > start && this.rest[lineEnd - 1] === RETURN ? lineEnd - 1 : lineEnd;
    if (end === start && this.columns !== 1) return;
    rows.push(readRow(this.rest, start, end));
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function readRow(bytes: Uint8Array, start: number, end: number): TextRow {
  const row: TextRow = [];
  let at = start;
  for (;;) {
    if (bytes[at] === QUOTE && at < end) {
      const close = closingQuote(bytes, at + 1);
      row.push(textOf(bytes, at + 1, close.at, close.doubled));
      at = close.at + 1;
    } else {
      const from = at;
      while (at < end && bytes[at] !== COMMA) at += 1;
      row.push(at === from ? null : textOf(bytes, from, at, false));
    }
    if (at >= end) return row;
    at += 1; // The comma.
  }
}

function closingQuote(bytes: Uint8Array, from: number): { at: number; doubled: boolean } {
  let doubled = false;
  for (let at = from; ; at++) {
    if (bytes[at] !== QUOTE) {
      if (at >= bytes.length) throw new SyntaxError('a value without its closing quote');
      continue;
    }
    if (bytes[at + 1] !== QUOTE) return { at, doubled };
    doubled = true;
    at += 1;
  }
}

function textOf(bytes: Uint8Array, start: number, end: number, doubled: boolean): string {
  const piece = bytes.subarray(start, end);
  const text = (piece.some((byte) => byte >= MULTIBYTE_FIRST) ? utf8 : latin1).decode(piece);
  return doubled ? text.replaceAll('""', '"') : text;
}
