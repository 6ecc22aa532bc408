const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** Bytes that must stay inside quotes. */
const NEEDS_QUOTES = new Uint8Array(256);
for (const byte of [QUOTE, COMMA, LINE_FEED, RETURN]) NEEDS_QUOTES[byte] = 1;

const STATE = { start: 0, quoted: 1, quoteSeen: 2, plain: 3 } as const;

/**
 * Turns the CSV of an Athena result, which quotes everything, into dp's CSV, which quotes only where it must:
 * bytes in, bytes out, nothing decoded. NULL stays an empty field and the empty string stays `""`. Gives whole lines only, so
 * that a reader who has to go on another way knows how many rows are out. Its output is never longer than its input.
 */
export class CsvLines {
  /** Lines given so far, the header included. */
  lines = 0;
  #state: number = STATE.start;
  #special = 0;
  /** The unfinished field, from its first byte, and how much of it was scanned. */
  #kept: Buffer = Buffer.alloc(0);
  #keptBytes = 0;
  /** Finished fields of the unfinished line. */
  #line: Buffer = Buffer.alloc(0);

  /** Takes the next bytes and gives the lines that they complete. `bytes` may be reused afterwards. */
  push(bytes: Uint8Array): Buffer {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const from = this.#keptBytes;
    const data = this.#joined(chunk);
    const out = Buffer.allocUnsafe(this.#line.length + data.length + 1);
    this.#line.copy(out);
    return this.#scan(data, from, { out, at: this.#line.length });
  }

  /** The last line when the file does not end with a line break. Throws when it ends inside quotes. */
  end(): Buffer {
    if (this.#state === STATE.quoted) throw new Error('The result file ends inside a quoted value.');
    if (this.#keptBytes === 0 && this.#line.length === 0) return Buffer.alloc(0);
    return this.push(Buffer.from('\n'));
  }

  #joined(chunk: Buffer): Buffer {
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

  #scan(data: Buffer, from: number, target: { out: Buffer; at: number }): Buffer {
    const { out } = target;
    const end = data.length;
    let state = this.#state;
    let special = this.#special;
    let start = 0;
    let written = target.at;
    let whole = 0;
    let at = from;
    while (at < end) {
      const byte = data[at] as number;
      at++;
      if (state === STATE.quoted) {
        if (byte === QUOTE) state = STATE.quoteSeen;
        else special |= NEEDS_QUOTES[byte] as number;
      } else if (byte === COMMA || byte === LINE_FEED) {
        written = copyField({ data, start, end: at - 1, state, special, out, written });
        out[written++] = byte;
        if (byte === LINE_FEED) {
          this.lines++;
          whole = written;
        }
        state = STATE.start;
        special = 0;
        start = at;
      } else if (byte === QUOTE && state !== STATE.plain) {
        if (state === STATE.quoteSeen) special = 1;
        state = STATE.quoted;
      } else if (state === STATE.start) state = STATE.plain;
    }
    this.#state = state;
    this.#special = special;
    this.#keep(data, start);
    // A copy: what is given away must not hold, or be overwritten by, the next line.
    this.#line = Buffer.from(out.subarray(whole, written));
    return out.subarray(0, whole);
  }

  #keep(data: Buffer, start: number): void {
    const left = data.length - start;
    if (left > 0) {
      if (data.buffer === this.#kept.buffer && data.byteOffset === this.#kept.byteOffset) {
        if (start > 0) this.#kept.copyWithin(0, start, data.length);
      } else {
        if (this.#kept.length < left) this.#kept = Buffer.allocUnsafe(left * 2);
        data.copy(this.#kept, 0, start);
      }
    }
    this.#keptBytes = left;
  }
}

interface FieldCopy {
  readonly data: Buffer;
  readonly start: number;
  readonly end: number;
  readonly state: number;
  readonly special: number;
  readonly out: Buffer;
  readonly written: number;
}

/** Fields longer than this, in bytes, are copied by one native call; shorter ones byte by byte, which is then quicker. */
const NATIVE_COPY_BYTES_MIN = 64;

/** Copies one field, without its quotes when it needs none, and gives the place after it. */
function copyField(field: FieldCopy): number {
  const { data, out, state, special } = field;
  let { start, end, written } = field;
  if (end > start && data[end - 1] === RETURN) end--;
  if (state === STATE.quoteSeen && special === 0 && end - start > 2) {
    start++;
    end--;
  }
  if (end - start > NATIVE_COPY_BYTES_MIN) {
    data.copy(out, written, start, end);
    return written + end - start;
  }
  while (start < end) out[written++] = data[start++] as number;
  return written;
}
