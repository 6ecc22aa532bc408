const LINES_SHOWN = 3;

/** What the server wrote as errors, without time stamps, as one line for a message. */
export function errorWordsOf(log: string): string {
  const words = log
    .split('\n')
    .filter((line) => /\[ERROR\]|^ERROR|error while loading/.test(line) && !line.endsWith('Aborting'))
    .map((line) => line.replace(/^.*\[ERROR\]\s*/, '').trim());
  return words.length === 0 ? 'it ended without saying why.' : words.slice(0, LINES_SHOWN).join(' ');
}

/** Whether the server ended because somebody else listens on its port. */
export function saysPortTaken(log: string): boolean {
  return /Bind on TCP\/IP port|Do you already have another server running on port/.test(log);
}

export function saysDiskFull(log: string): boolean {
  return /No space left|errno: 28|error 28|Disk (is )?full/i.test(log);
}
