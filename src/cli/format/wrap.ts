import { textWidth } from './text-width.ts';

/**
 * Breaks the lines of a text between words, for a terminal of so many columns; what goes on stands two columns
 * further in. A word that is wider by itself (a path, an id) is left whole, so that it can still be copied.
 */
export function wrap(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => (textWidth(line) <= columns ? line : wrapLine(line, columns)))
    .join('\n');
}

function wrapLine(line: string, columns: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  let current = '';
  // Blanks stay with the word behind them, so that aligned words stay aligned.
  for (const word of line.match(/ *[^ ]+/g) ?? []) {
    if (current !== '' && textWidth(current + word) > columns) {
      lines.push(current);
      current = `${indent}  ${word.trimStart()}`;
    } else current += word;
  }
  return [...lines, current];
}
