/** A piece of SQL that counts: comments and blanks are left out. */
export interface SqlToken {
  /** A bare word, a quoted name, a string, or one symbol; numbers are words. */
  readonly kind: 'word' | 'name' | 'string' | 'symbol';
  /** Words in capitals, names and strings without their quotes. */
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

/**
 * What running a statement does. `destroy` takes away something that is not easily got back; `write` changes or
 * adds; `read` changes nothing. A statement that is not known counts as a write: the guards err on the safe side.
 */
export type StatementEffect = 'read' | 'write' | 'destroy';

export interface StatementKind {
  readonly effect: StatementEffect;
  /** The words it begins with, for people: `DROP TABLE`, `INSERT INTO`. */
  readonly words: string;
  /** The table, view or database it names, where it names one. */
  readonly object?: string;
  /** Whether its rows may come from a file of rows in S3: SELECT and what ends in one. */
  readonly isSelect: boolean;
}

const BLANK = /(?:\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))+/y;
const WORD = /[\p{L}\p{N}_@.$]+/uy;

/** Cuts SQL into tokens. Never throws: an unclosed quote runs to the end, for Athena to complain about. */
export function tokensOf(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;
  while (at < sql.length) {
    BLANK.lastIndex = at;
    if (BLANK.test(sql)) {
      at = BLANK.lastIndex;
      continue;
    }
    const token = tokenAt(sql, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function tokenAt(sql: string, at: number): SqlToken {
  const first = sql[at] ?? '';
  if (first === "'" || first === '"' || first === '`') return quotedAt(sql, at, first);
  WORD.lastIndex = at;
  const word = WORD.exec(sql);
  if (word !== null) return { kind: 'word', text: word[0].toUpperCase(), at, end: at + word[0].length };
  return { kind: 'symbol', text: first, at, end: at + 1 };
}

function quotedAt(sql: string, at: number, quote: string): SqlToken {
  let end = at + 1;
  for (;;) {
    const close = sql.indexOf(quote, end);
    if (close === -1) return { kind: kindOf(quote), text: sql.slice(at + 1), at, end: sql.length };
    if (sql[close + 1] !== quote) {
      const text = sql.slice(at + 1, close).replaceAll(quote + quote, quote);
      return { kind: kindOf(quote), text, at, end: close + 1 };
    }
    end = close + 2;
  }
}

function kindOf(quote: string): 'string' | 'name' {
  return quote === "'" ? 'string' : 'name';
}

/** The statements of a text, cut at semicolons outside of quotes and comments; each without its semicolon. */
export function splitSql(text: string): { readonly statements: readonly string[]; readonly rest: string } {
  const statements: string[] = [];
  let from = 0;
  for (const token of tokensOf(text)) {
    if (token.kind !== 'symbol' || token.text !== ';') continue;
    const statement = text.slice(from, token.at).trim();
    if (tokensOf(statement).length > 0) statements.push(statement);
    from = token.end;
  }
  const rest = text.slice(from);
  return { statements, rest: tokensOf(rest).length === 0 ? '' : rest };
}

/** A statement on one line, without its comments; undefined where a quoted text of its own spans lines. */
export function onOneLine(sql: string): string | undefined {
  let line = '';
  let end = 0;
  for (const token of tokensOf(sql)) {
    const text = sql.slice(token.at, token.end);
    if (text.includes('\n')) return undefined;
    line += token.at > end && line !== '' ? ` ${text}` : text;
    end = token.end;
  }
  return line;
}

const READS = new Set(['SELECT', 'VALUES', 'TABLE', 'SHOW', 'DESCRIBE', 'DESC', 'USING']);
const WRITES = /^(INSERT|UPDATE|MERGE|CREATE|UNLOAD|ALTER|MSCK|VACUUM|OPTIMIZE|PREPARE|DEALLOCATE|EXECUTE)$/;
const DESTROYS = /^(DROP|DELETE|TRUNCATE)$/;
const OBJECT_WORDS = new Set([
  'TABLE',
  'VIEW',
  'DATABASE',
  'SCHEMA',
  'INTO',
  'FROM',
  'STATEMENT',
  'EXTERNAL',
]);
const FILLERS = new Set(['IF', 'EXISTS', 'NOT', 'OR', 'REPLACE', 'PROTECTED', 'MULTI', 'DIALECT', 'REPAIR']);

/** What running one statement does. */
export function statementKind(sql: string): StatementKind {
  const tokens = tokensOf(sql).filter((token) => token.text !== '(' || token.kind !== 'symbol');
  const first = wordAt(tokens, 0);
  if (first === 'EXPLAIN') return explainKind(tokens);
  if (first === 'WITH') return withKind(tokens);
  const object = objectOf(tokens);
  const named = object === undefined ? {} : { object };
  const words = wordsOf(tokens);
  if (READS.has(first)) return { effect: 'read', words, isSelect: /^(SELECT|VALUES|TABLE)$/.test(first) };
  if (DESTROYS.test(first)) return { effect: 'destroy', words, isSelect: false, ...named };
  if (first === 'ALTER' && tokens.some((token) => token.kind === 'word' && token.text === 'DROP'))
    return { effect: 'destroy', words: 'ALTER … DROP', isSelect: false, ...named };
  if (first === 'CREATE' && wordAt(tokens, 1) === 'OR')
    return { effect: 'destroy', words, isSelect: false, ...named };
  // EXECUTE runs what somebody prepared: it may be anything.
  return { effect: 'write', words: WRITES.test(first) ? words : first, isSelect: false, ...named };
}

/** EXPLAIN runs nothing; EXPLAIN ANALYZE runs the statement it is given. */
function explainKind(tokens: readonly SqlToken[]): StatementKind {
  const analyze = tokens.findIndex((token) => token.kind === 'word' && token.text === 'ANALYZE');
  if (analyze !== 1) return { effect: 'read', words: 'EXPLAIN', isSelect: false };
  const start = tokens.findIndex(
    (token, index) => index > 1 && token.kind === 'word' && token.text !== 'VERBOSE',
  );
  const inner = innerKind(tokens.slice(Math.max(start, 0)));
  return { ...inner, words: `EXPLAIN ANALYZE ${inner.words}`, isSelect: false };
}

function innerKind(tokens: readonly SqlToken[]): StatementKind {
  const first = wordAt(tokens, 0);
  if (first === 'WITH') return withKind(tokens);
  const effect = READS.has(first) ? 'read' : DESTROYS.test(first) ? 'destroy' : 'write';
  return { effect, words: wordsOf(tokens), isSelect: false };
}

/** A statement after WITH is a query; only INSERT … WITH and friends write, and those begin with their own word. */
function withKind(tokens: readonly SqlToken[]): StatementKind {
  const writing = tokens.find(
    (token, index) =>
      token.kind === 'word' &&
      /^(INSERT|DELETE|UPDATE|MERGE)$/.test(token.text) &&
      /^(INTO|FROM)$/.test(wordAt(tokens, index + 1)),
  );
  if (writing !== undefined) return { effect: 'write', words: `WITH … ${writing.text}`, isSelect: false };
  return { effect: 'read', words: 'WITH', isSelect: true };
}

function objectOf(tokens: readonly SqlToken[]): string | undefined {
  const at = tokens.findIndex((token) => token.kind === 'word' && OBJECT_WORDS.has(token.text));
  if (at === -1) return undefined;
  let index = at + 1;
  while (FILLERS.has(wordAt(tokens, index)) || OBJECT_WORDS.has(wordAt(tokens, index))) index++;
  return nameFrom(tokens, index);
}

/** A name with its dots, from `index` on: `shop.orders`, `"shop"."Orders"`. */
export function nameFrom(tokens: readonly SqlToken[], index: number): string | undefined {
  let name = '';
  for (let at = index; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined || token.kind === 'string') break;
    const isDot = token.kind === 'symbol' && token.text === '.';
    if (token.kind === 'symbol' && !isDot) break;
    const joins = name === '' || name.endsWith('.') || isDot || token.text.startsWith('.');
    if (!joins) break;
    name += token.kind === 'word' ? token.text.toLowerCase() : token.text;
  }
  return name === '' ? undefined : name;
}

function wordsOf(tokens: readonly SqlToken[]): string {
  return tokens
    .slice(0, 3)
    .filter((token, index) => token.kind === 'word' && (index === 0 || OBJECT_WORDS.has(token.text)))
    .map((token) => token.text)
    .join(' ');
}

function wordAt(tokens: readonly SqlToken[], index: number): string {
  const token = tokens[index];
  return token?.kind === 'word' ? token.text : '';
}
