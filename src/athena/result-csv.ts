/** One row as Athena wrote it: text, or null where SQL says NULL. */
export type TextRow = readonly (string | null)[];

const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const NOT_ASCII = 0x80;

/** Where the scan stands inside a field. */
const STATE = { start: 0, quoted: 1, quoteSeen: 2, plain: 3 } as const;

/**
 * Reads the CSV file of an Athena result, in pieces of any size. Athena quotes every value, so an empty field
 * is NULL and `""` is the empty string; a line with nothing on it is the NULL of a one-column result. Values may hold
 * line breaks. Bytes that are not UTF-8 become U+FFFD. The header is the first row.
 *
 * It scans bytes, decodes a field once, and never looks at a byte twice: a field of many megabytes that
 * comes in small pieces costs its length, not its square.
 */
export class ResultCsv {
  #state: number = STATE.start;
  /** What was read and belongs to a field that has not ended. */
  #kept: Buffer = Buffer.alloc(0);
  #keptBytes = 0;
  #row: (string | null)[] = [];
  #doubled = false;
  #high = 0;

  /** Takes the next bytes and gives the rows that they complete. `bytes` may be reused afterwards. */
  push(bytes: Uint8Array): TextRow[] {
    const from = this.#keptBytes;
    return this.#scan(this.#joined(bytes), from);
  }

  /** The last row when the file does not end with a line break. Throws when it ends inside quotes. */
  end(): TextRow[] {
    const data = this.#kept.subarray(0, this.#keptBytes);
    if (this.#state === STATE.quoted) throw new Error('The result file ends inside a quoted value.');
    if (this.#state === STATE.start && this.#row.length === 0) return [];
    this.#row.push(this.#field(data, 0, data.length));
    return [this.#row];
  }

  #joined(bytes: Uint8Array): Buffer {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#keptBytes === 0) return chunk;
    const needed = this.#keptBytes + chunk.length;
    if (needed > this.#kept.length) {
      const grown = Buffer.allocUnsafe(needed * 2);
      this.#kept.copy(grown, 0, 0, this.#keptBytes);
      this.#kept = grown;
    }
    chunk.copy(this.#kept, this.#keptBytes);
    return this.#kept.subarray(0, needed);
  }

  #scan(data: Buffer, from: number): TextRow[] {
    const rows: TextRow[] = [];
    const end = data.length;
    let state = this.#state;
    let high = this.#high;
    let start = 0;
    let at = from;
    while (at < end) {
      if (state === STATE.quoted) {
        let byte = data[at] ?? 0;
        while (byte !== QUOTE) {
          high |= byte;
          if (++at === end) break;
          byte = data[at] ?? 0;
        }
        if (at < end) {
          state = STATE.quoteSeen;
          at++;
        }
        continue;
      }
      const byte = data[at] ?? 0;
      at++;
      if (byte === COMMA || byte === LINE_FEED) {
        this.#state = state;
        this.#high = high;
        this.#row.push(this.#field(data, start, at - 1));
        state = STATE.start;
        high = 0;
        start = at;
        if (byte === LINE_FEED) {
          rows.push(this.#row);
          this.#row = [];
        }
      } else if (byte === QUOTE && state !== STATE.plain) {
        this.#doubled ||= state === STATE.quoteSeen;
        state = STATE.quoted;
      } else {
        high |= byte;
        // After a closing quote only a carriage return may come; it belongs to the line's end.
        if (state === STATE.start) state = STATE.plain;
      }
    }
    this.#state = state;
    this.#high = high;
    this.#keep(data, start);
    return rows;
  }

  /** The text of the field in `data` from its opening quote to its separator. */
  #field(data: Buffer, start: number, end: number): string | null {
    const quoted = this.#state === STATE.quoteSeen;
    const doubled = this.#doubled;
    this.#doubled = false;
    let stop = end;
    if (stop > start && data[stop - 1] === RETURN) stop--;
    if (!quoted) return stop === start ? null : decode(data, start, stop, this.#high);
    const text = decode(data, start + 1, stop - 1, this.#high);
    return doubled ? text.replaceAll('""', '"') : text;
  }

  #keep(data: Buffer, start: number): void {
    const left = data.length - start;
    if (left === 0) {
      this.#keptBytes = 0;
      // A giant field is over: its memory goes back.
      if (this.#kept.length > KEPT_BYTES_MAX) this.#kept = Buffer.alloc(0);
      return;
    }
    if (data.buffer === this.#kept.buffer && data.byteOffset === this.#kept.byteOffset) {
      if (start > 0) this.#kept.copyWithin(0, start, data.length);
    } else {
      if (this.#kept.length < left) this.#kept = Buffer.allocUnsafe(left * 2);
      data.copy(this.#kept, 0, start);
    }
    this.#keptBytes = left;
  }
}

/** A buffer for an unfinished field larger than this, in bytes, is not kept for the next one. */
const KEPT_BYTES_MAX = 1 << 20;

function decode(data: Buffer, start: number, end: number, high: number): string {
  return (high & NOT_ASCII) === 0 ? data.toString('latin1', start, end) : data.toString('utf8', start, end);
}
