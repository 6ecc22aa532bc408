/**
 * Message identifiers: a UUID whose two halves are swapped on the wire, bytes 8..15 first. The
 * acknowledgement quotes the text form, so the order must be right in both directions.
 */

const HEX_OF_BYTE: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);

/** Where byte `i` of the text form lies on the wire. */
const WIRE_ORDER = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7] as const;

/** Where each byte's two digits begin in `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`. */
const TEXT_AT = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;

/** Bytes an identifier takes on the wire. */
export const IDENTIFIER_BYTES = 16;

/** Writes the text form of a UUID at `at`. The text must be a UUID: dp makes it itself. */
export function writeIdentifier(target: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < IDENTIFIER_BYTES; i++) {
    const digit = TEXT_AT[i] as number;
    target[at + (WIRE_ORDER[i] as number)] =
      (nibbleOf(text.charCodeAt(digit)) << 4) | nibbleOf(text.charCodeAt(digit + 1));
  }
}

/** Gives the text form of the identifier at `at`; any 16 bytes have one. */
export function readIdentifier(source: Uint8Array, at: number): string {
  let text = '';
  for (let i = 0; i < IDENTIFIER_BYTES; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += HEX_OF_BYTE[source[at + (WIRE_ORDER[i] as number)] as number];
  }
  return text;
}

function nibbleOf(code: number): number {
  // '0'..'9' are 48..57; 'a'..'f' are 97..102 and 'A'..'F' are 65..70.
  return code <= 57 ? code - 48 : (code | 32) - 87;
}
