/**
 * Cuts a plain-SQL script at its semicolons, leaving alone those inside quotes and comments. Comments stay in the
 * statement they stand in; pieces with nothing but comments and space are dropped. No DELIMITER, no procedures.
 */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let from = 0;
  let hasCode = false;
  let at = 0;
  while (at < sql.length) {
    const end = endOfToken(sql, at);
    const first = sql[at] ?? '';
    if (first === ';') {
      if (hasCode) statements.push(sql.slice(from, at).trim());
      from = end;
      hasCode = false;
    } else if (!isComment(sql, at) && first.trim() !== '') {
      hasCode = true;
    }
    at = end;
  }
  if (hasCode) statements.push(sql.slice(from).trim());
  return statements;
}

/** Where the quoted text, comment or single character that starts at `at` ends. */
function endOfToken(sql: string, at: number): number {
  const first = sql[at] ?? '';
  if (first === "'" || first === '"' || first === '`') return endOfQuoted(sql, at, first);
  if (sql.startsWith('/*', at)) return endAfter(sql, '*/', at + 2);
  if (isComment(sql, at)) return endAfter(sql, '\n', at);
  return at + 1;
}

/** MySQL's line comments: `#`, and `--` followed by white space. */
function isComment(sql: string, at: number): boolean {
  if (sql[at] === '#' || sql.startsWith('/*', at)) return true;
  return sql.startsWith('--', at) && (sql[at + 2] ?? ' ').trim() === '';
}

function endOfQuoted(sql: string, at: number, quote: string): number {
  for (let i = at + 1; i < sql.length; i++) {
    if (sql[i] === '\\' && quote !== '`') i++;
    else if (sql[i] === quote && sql[i + 1] === quote) i++;
    else if (sql[i] === quote) return i + 1;
  }
  return sql.length;
}

function endAfter(sql: string, end: string, from: number): number {
  const found = sql.indexOf(end, from);
  return found === -1 ? sql.length : found + end.length;
}
