const QUOTE = 0x22;
const LINE_FEED = 0x0a;
/** The quote, the line feed, the highest bit, the other bits and a one, in each byte of a word. */
const QUOTES = 0x22222222;
const LINE_FEEDS = 0x0a0a0a0a;
const HIGH_BITS = 0x80808080 | 0;
const LOW_BITS = 0x7f7f7f7f;
const ONES = 0x01010101;
const WORD_BYTES = 4;
/** Whether the first byte of a word is its lowest one. */
const IS_LITTLE_ENDIAN = new Uint8Array(Int32Array.of(1).buffer)[0] === 1;

/**
 * Passes the CSV of an Athena result on as it is, in whole lines, and counts them: a line break inside quotes ends no
 * line. That the lines are whole lets a reader who has to go on another way know how many rows are out.
 */
export class CsvLines {
  /** Lines given so far, the header included. */
  lines = 0;
  /** 1 between an opening quote and its end. A doubled quote closes and opens: the sum is the same. */
  #inside = 0;
  /** The start of a line whose end has not come. */
  #kept: Uint8Array[] = [];
  /** Where the last line of the bytes at hand ends. */
  #whole = 0;

  /** Takes the next bytes and gives the pieces of the lines that they complete. `bytes` may be reused once those are used. */
  push(bytes: Uint8Array): readonly Uint8Array[] {
    this.#scan(bytes);
    const whole = this.#whole;
    if (whole === 0) {
      if (bytes.length > 0) this.#kept.push(new Uint8Array(bytes));
      return [];
    }
    const pieces = [...this.#kept, whole === bytes.length ? bytes : bytes.subarray(0, whole)];
    this.#kept = whole === bytes.length ? [] : [new Uint8Array(bytes.subarray(whole))];
    return pieces;
  }

  /** The last line when the file does not end with a line break. Throws when it ends inside quotes. */
  end(): readonly Uint8Array[] {
    if (this.#inside === 1) throw new Error('The result file ends inside a quoted value.');
    return this.#kept.length === 0 ? [] : this.push(Uint8Array.of(LINE_FEED));
  }

  /** Counts the lines that end in `bytes`, and finds where the last of them does. */
  #scan(bytes: Uint8Array): void {
    this.#whole = 0;
    const before = -bytes.byteOffset & (WORD_BYTES - 1);
    const from = this.#scanBytes(bytes, 0, Math.min(bytes.length, before));
    this.#scanBytes(bytes, this.#scanWords(bytes, from), bytes.length);
  }

  #scanBytes(bytes: Uint8Array, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) this.#inside ^= 1;
      else if (byte === LINE_FEED && this.#inside === 0) {
        this.lines++;
        this.#whole = at + 1;
      }
    }
    return to;
  }

  /**
   * The same, four bytes at a time, without a branch for a quote: results are full of them, and byte by byte this
   * is most of what a download costs. Gives where it stopped.
   */
  #scanWords(bytes: Uint8Array, from: number): number {
    const count = (bytes.length - from) >> 2;
    if (count <= 0 || !IS_LITTLE_ENDIAN) return from;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + from, count);
    let lines = 0;
    let whole = this.#whole;
    /** In its bytes' high bits, taken together: whether the quotes so far are odd. */
    let quotes = this.#inside << 31;
    for (let index = 0; index < count; index++) {
      const word = words[index] as number;
      const byQuote = word ^ QUOTES;
      // The high bit of a byte is now 0 where it is a quote. As a word has four bytes, those that are 1 are as odd.
      const noQuotes = ((byQuote & LOW_BITS) + LOW_BITS) | byQuote;
      const byFeed = word ^ LINE_FEEDS;
      if (((byFeed - ONES) & ~byFeed & HIGH_BITS) !== 0) {
        const feeds = ~(((byFeed & LOW_BITS) + LOW_BITS) | byFeed | LOW_BITS);
        const inside = oddUpToEach(~(noQuotes | LOW_BITS)) ^ (oddUpToEach(quotes) >> 31);
        const ends = feeds & ~inside;
        if (ends !== 0) {
          lines += Math.imul((ends >>> 7) & ONES, ONES) >>> 24;
          whole = from + index * WORD_BYTES + ((31 - Math.clz32(ends)) >> 3) + 1;
        }
      }
      quotes ^= noQuotes;
    }
    this.lines += lines;
    this.#whole = whole;
    this.#inside = oddUpToEach(quotes) >>> 31;
    return from + count * WORD_BYTES;
  }
}

/** The high bit of each byte says: of those up to it, from the lowest byte on, an odd number is 1. */
function oddUpToEach(word: number): number {
  const pairs = word ^ (word << 8);
  return pairs ^ (pairs << 16);
}
