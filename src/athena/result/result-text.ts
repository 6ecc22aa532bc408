/**
 * Reads the text that Athena leaves for SHOW, DESCRIBE, EXPLAIN and other statements without a table of rows:
 * lines of values between tabs, nothing quoted. `columns` is how many the result has; what is missing is ''.
 */
export function readResultText(text: string, columns: number): string[][] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => {
    const cells = columns === 1 ? [line] : line.split('\t');
    const kept = cells.slice(0, columns - 1);
    const last = cells.slice(columns - 1).join('\t');
    return [...kept, ...Array.from({ length: columns - 1 - kept.length }, () => ''), last];
  });
}
