/** SQL without the texts it quotes: what a statement does is worth keeping, the values in it are not ours to keep. */
export function maskLiterals(sql: string): string {
  return sql.replace(/'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"/gs, "'…'");
}
