/** One word of a command line, as a shell would hand it on. */
export interface ShellWord {
  /** Without its quotes and backslashes. */
  readonly text: string;
  /** The quote that is still open where the line ends. */
  readonly openQuote: '' | '"' | "'";
  /** `|`, `>`, `&&`, …: not a word of the command. */
  readonly operator: boolean;
}

const OPERATOR = /^[|&;<>]+/;

/**
 * Splits a line as a POSIX shell does: quotes, backslashes, comments. Nothing is expanded: `$NAME` stays as it is.
 * A line that ends with a blank, or is empty, ends with an empty word: the one that is about to be typed.
 */
export function splitShellLine(line: string): ShellWord[] {
  const words: ShellWord[] = [];
  let rest = line;
  while (rest !== '') {
    rest = rest.replace(/^\s+/, '');
    if (rest.startsWith('#')) return words;
    const operator = OPERATOR.exec(rest)?.[0];
    if (operator !== undefined) {
      words.push({ text: operator, openQuote: '', operator: true });
      rest = rest.slice(operator.length);
      continue;
    }
    const { word, length } = readWord(rest);
    words.push(word);
    rest = rest.slice(length);
    if (rest === '') return words;
  }
  words.push({ text: '', openQuote: '', operator: false });
  return words;
}

function readWord(line: string): { word: ShellWord; length: number } {
  let text = '';
  let quote: ShellWord['openQuote'] = '';
  let at = 0;
  for (; at < line.length; at++) {
    const char = line.charAt(at);
    const next = line.charAt(at + 1);
    if (quote === '' && /[\s|&;<>]/.test(char)) break;
    if (char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === '\\' && quote !== "'" && (quote === '' || /["\\$`\n]/.test(next))) {
      text += next;
      at += 1;
    } else text += char;
  }
  return { word: { text, openQuote: quote, operator: false }, length: at };
}
