import { syntaxFailure } from '../errors.ts';

export type TokenKind =
  | 'word'
  | 'quoted'
  | 'string'
  | 'binary'
  | 'integer'
  | 'decimal'
  | 'double'
  | 'symbol'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** Words in capitals, quoted names and strings without their quotes, the rest as written. */
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

/** The longest SQL Athena takes, in UTF-8 bytes: "Query string length" of its quotas page. */
export const SQL_BYTES_MAX = 262_144;

const SKIP = /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const RADIX_NUMBER = /0(?:[xX](?:_?[0-9a-fA-F])+|[oO](?:_?[0-7])+|[bB](?:_?[01])+)/y;
const NUMBER = /(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const SYMBOL = /<>|!=|<=|>=|\|\||->|=>|[-+*/%=<>()[\],.;?:|]/y;

/** Statements that Athena reads in Hive's grammar, where names stand between backquotes. */
const HIVE_STATEMENT =
  /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:CREATE\s+(?:EXTERNAL|DATABASE|SCHEMA)|DROP\s+(?:TABLE|DATABASE|SCHEMA)|ALTER|MSCK|DESCRIBE|DESC|SHOW)\b/i;

/** Cuts SQL into Trino's tokens; the last one has kind `end`. Throws a Failure at a character Trino does not know. */
export function lex(sql: string): Token[] {
  const tokens: Token[] = [];
  const isHive = HIVE_STATEMENT.test(sql);
  let at = 0;
  for (;;) {
    at = match(SKIP, sql, at)?.end ?? at;
    if (at >= sql.length) break;
    const token = isHive && sql[at] === '`' ? backquoted(sql, at) : readToken(sql, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', text: '', at: sql.length, end: sql.length });
  return tokens;
}

function readToken(sql: string, at: number): Token {
  const first = sql[at] ?? '';
  if (first === "'") return quoted(sql, at, { quote: "'", kind: 'string', start: at });
  if (first === '"') return quoted(sql, at, { quote: '"', kind: 'quoted', start: at });
  if (first === '`') {
    throw syntaxFailure(
      sql,
      at,
      'backquoted identifiers are not supported; use double quotes to quote identifiers',
    );
  }
  if (/[xX]/.test(first) && sql[at + 1] === "'") {
    return quoted(sql, at + 1, { quote: "'", kind: 'binary', start: at });
  }
  if (/[uU]/.test(first) && sql.slice(at + 1, at + 3) === "&'") return unicodeString(sql, at);
  const word = match(WORD, sql, at);
  if (word !== undefined) return { kind: 'word', text: word.text.toUpperCase(), at, end: word.end };
  const radix = first === '0' ? match(RADIX_NUMBER, sql, at) : undefined;
  if (radix !== undefined) return numberToken(sql, at, radix);
  const number = /[\d.]/.test(first) ? match(NUMBER, sql, at) : undefined;
  if (number !== undefined) return numberToken(sql, at, number);
  const symbol = match(SYMBOL, sql, at);
  if (symbol !== undefined) return { kind: 'symbol', text: symbol.text, at, end: symbol.end };
  throw syntaxFailure(sql, at, `unexpected character '${first}'`);
}

function numberToken(sql: string, at: number, number: { text: string; end: number }): Token {
  if (/[A-Za-z_]/.test(sql[number.end] ?? '')) {
    throw syntaxFailure(
      sql,
      at,
      'identifiers must not start with a digit; surround the identifier with double quotes',
    );
  }
  const text = number.text.replaceAll('_', '');
  if (/^0[xob]/i.test(text))
    return { kind: 'integer', text: String(BigInt(text.toLowerCase())), at, end: number.end };
  const kind = /[eE]/.test(text) ? 'double' : text.includes('.') ? 'decimal' : 'integer';
  return { kind, text, at, end: number.end };
}

function backquoted(sql: string, at: number): Token {
  return quoted(sql, at, { quote: '`', kind: 'quoted', start: at });
}

function quoted(
  sql: string,
  at: number,
  how: { quote: string; kind: 'string' | 'quoted' | 'binary'; start: number },
): Token {
  let end = at + 1;
  for (;;) {
    end = sql.indexOf(how.quote, end);
    if (end === -1) throw syntaxFailure(sql, how.start, `the closing ${how.quote} is missing`);
    if (sql[end + 1] !== how.quote) break;
    end += 2;
  }
  const text = sql.slice(at + 1, end).replaceAll(how.quote + how.quote, how.quote);
  return { kind: how.kind, text, at: how.start, end: end + 1 };
}

/** `U&'\65e5\+01f600'`, with the standard backslash as its escape. */
function unicodeString(sql: string, at: number): Token {
  const token = quoted(sql, at + 2, { quote: "'", kind: 'string', start: at });
  const text = token.text.replace(
    /\\(?:(\\)|\+([0-9a-fA-F]{6})|([0-9a-fA-F]{4}))|\\/g,
    (_, backslash?: string, long?: string, short?: string) => {
      if (backslash !== undefined) return '\\';
      const digits = long ?? short;
      if (digits === undefined) throw syntaxFailure(sql, at, 'an incomplete escape sequence');
      return String.fromCodePoint(Number.parseInt(digits, 16));
    },
  );
  return { ...token, text };
}

function match(pattern: RegExp, sql: string, at: number): { text: string; end: number } | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(sql);
  return found === null ? undefined : { text: found[0], end: pattern.lastIndex };
}
