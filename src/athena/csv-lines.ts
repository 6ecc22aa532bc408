const QUOTE = 0x22;
const LINE_FEED = 0x0a;

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

  /** Takes the next bytes, which must not be changed afterwards, and gives the pieces of the lines that they complete. */
  push(bytes: Uint8Array): readonly Uint8Array[] {
    const whole = this.#scan(bytes);
    if (whole === 0) {
      if (bytes.length > 0) this.#kept.push(bytes);
      return [];
    }
    const pieces = [...this.#kept, whole === bytes.length ? bytes : bytes.subarray(0, whole)];
    this.#kept = whole === bytes.length ? [] : [bytes.subarray(whole)];
    return pieces;
  }

  /** The last line when the file does not end with a line break. Throws when it ends inside quotes. */
  end(): readonly Uint8Array[] {
    if (this.#inside === 1) throw new Error('The result file ends inside a quoted value.');
    return this.#kept.length === 0 ? [] : this.push(Uint8Array.of(LINE_FEED));
  }

  /** Counts the lines that end in `bytes`, and gives the place after the last of them; 0 when none does. */
  #scan(bytes: Uint8Array): number {
    const end = bytes.length;
    let inside = this.#inside;
    let lines = 0;
    let whole = 0;
    for (let at = 0; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) inside ^= 1;
      else if (byte === LINE_FEED && inside === 0) {
        lines++;
        whole = at + 1;
      }
    }
    this.#inside = inside;
    this.lines += lines;
    return whole;
  }
}
