/** A word as a POSIX shell must be given it to hand it on unchanged: bare where it can be, quoted where it cannot. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  // Double quotes read better where SQL quotes singly, as long as nothing in them is the shell's.
  if (word.includes("'") && !/["$`\\!]/.test(word)) return `"${word}"`;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
