export interface VisibleOptions {
  readonly keepNewlines?: boolean;
  /** Leaves dp's own colour sequences (`ESC [ … m`) in place. For dp's words only, never for data. */
  readonly keepColour?: boolean;
}

/** C0, DEL, C1, line and paragraph separators, zero-width and bidirectional controls, byte-order mark. */
const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0' };
const COLOUR = /\u001b\[\d{1,3}m/y;

/**
 * The text with every character that a terminal would obey, or that would hide or reorder its neighbours,
 * written out (`\n`, `\u001b`), so that data can never drive the operator's terminal.
 */
export function visible(text: string, options: VisibleOptions = {}): string {
  if (text.search(HIDDEN) === -1) return text;
  return text.replace(HIDDEN, (character: string, at: number) => {
    if (options.keepNewlines === true && character === '\n') return character;
    if (options.keepColour === true && character === '\u001b') {
      COLOUR.lastIndex = at;
      if (COLOUR.test(text)) return character;
    }
    return NAMED[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
