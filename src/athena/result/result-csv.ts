/** A row of a result as text: NULL is null, the empty text is ''. */
export type TextRow = (string | null)[];

const QUOTE = 0x22;
const COMMA = 0x2c;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** Bytes from here on are part of a character of more than one byte. */
const MULTIBYTE_FIRST = 0x80;

/** The longest row that is put together from pieces, in bytes: beyond Athena's own 32 MB rows. */
export const ROW_BYTES_MAX = 256 * 1024 * 1024;

const LAST_LINE_END = Buffer.from('\n');
/** The row goes on beyond the bytes that are there. */
const INCOMPLETE = -1;

/**
 * Reads the CSV that Athena leaves in S3, from bytes in pieces of any size. Athena quotes every value, doubles
 * the quotes in it, leaves line ends as they are, and writes NULL as nothing at all; a NULL that is a row's only
 * column is an empty line. The first row holds the names and comes out like the others.
 */
export class ResultCsvReader {
  private readonly columns: number | undefined;
  /** Pieces of a row that is not complete. */
  private pieces: Buffer[] = [];
  private pending = 0;
  /** Reading starts again when this many bytes are there, so that a long row is not read over and over. */
  private wanted = 0;

  /** With one column an empty line is a row of NULL; with more it would be no row at all. */
  constructor(input: { readonly columns?: number } = {}) {
    this.columns = input.columns;
  }

  /** The rows that are complete with these bytes. The bytes may be used again afterwards. */
  push(bytes: Uint8Array): TextRow[] {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.pending + piece.length < this.wanted) {
      this.keep(Buffer.from(piece));
      return [];
    }
    return this.read(this.pending === 0 ? piece : Buffer.concat([...this.pieces, piece]));
  }

  /** The last row, when its line end is missing. Throws when the bytes end inside quotes. */
  end(): TextRow[] {
    if (this.pending === 0) return [];
    const rows = this.read(Buffer.concat([...this.pieces, LAST_LINE_END]));
    if (this.pending > 0) throw new SyntaxError('the result ends in the middle of a value');
    return rows;
  }

  private read(bytes: Buffer): TextRow[] {
    const rows: TextRow[] = [];
    let start = 0;
    while (start < bytes.length) {
      const row: TextRow = [];
      const next = readRow(bytes, start, row);
      if (next === INCOMPLETE) break;
      const isEmptyLine = row.length === 1 && row[0] === null;
      if (!isEmptyLine || this.columns === 1) rows.push(row);
      start = next;
    }
    this.pieces = [];
    this.pending = 0;
    if (start < bytes.length) this.keep(Buffer.from(bytes.subarray(start)));
    this.wanted = rows.length > 0 ? 0 : this.pending * 2;
    return rows;
  }

  private keep(piece: Buffer): void {
    this.pieces.push(piece);
    this.pending += piece.length;
    if (this.pending > ROW_BYTES_MAX) throw new RangeError(`a row of more than ${ROW_BYTES_MAX} bytes`);
  }
}

/** Reads the row that starts here. Gives the place where the next one starts. */
function readRow(bytes: Buffer, start: number, row: TextRow): number {
  let at = start;
  for (;;) {
    at = bytes[at] === QUOTE ? readQuoted(bytes, at + 1, row) : readBare(bytes, at, row);
    if (at === INCOMPLETE) return INCOMPLETE;
    if (bytes[at] === RETURN) at += 1;
    if (at >= bytes.length) return INCOMPLETE;
    if (bytes[at] === NEWLINE) return at + 1;
    at += 1; // The comma.
  }
}

/** A value without quotes, which is NULL when there is nothing. Gives the place behind it. */
function readBare(bytes: Buffer, start: number, row: TextRow): number {
  let at = start;
  while (bytes[at] !== COMMA && bytes[at] !== NEWLINE && bytes[at] !== RETURN) {
    if (at >= bytes.length) return INCOMPLETE;
    at += 1;
  }
  row.push(at === start ? null : bytes.toString('utf8', start, at));
  return at;
}

/** The value whose opening quote stands before this place. Gives the place behind its closing quote. */
function readQuoted(bytes: Buffer, start: number, row: TextRow): number {
  let doubled = false;
  let multibyte = false;
  let at = start;
  for (; ; at++) {
    const byte = bytes[at];
    if (byte === undefined) return INCOMPLETE;
    if (byte >= MULTIBYTE_FIRST) multibyte = true;
    if (byte !== QUOTE) continue;
    // A quote at the very end may be the first of two.
    if (at + 1 >= bytes.length) return INCOMPLETE;
    if (bytes[at + 1] !== QUOTE) break;
    doubled = true;
    at += 1;
  }
  // Plain ASCII, which most values are, needs no decoding.
  const text = bytes.toString(multibyte ? 'utf8' : 'latin1', start, at);
  row.push(doubled ? text.replaceAll('""', '"') : text);
  return at + 1;
}
