/** A piece of SQL. `text` is as written; `word` is lower-case for names and keywords, else the text. */
export interface SqlToken {
  readonly kind: 'word' | 'number' | 'string' | 'quoted' | 'operator' | 'unknown';
  readonly text: string;
  readonly word: string;
  /** Where it starts in the SQL, in UTF-16 units. */
  readonly at: number;
  /** 1-based. */
  readonly line: number;
}

const PATTERNS: readonly (readonly [SqlToken['kind'] | 'blank', RegExp])[] = [
  ['blank', /\s+/y],
  ['blank', /--[^\n]*/y],
  ['blank', /\/\*[\s\S]*?\*\//y],
  // A comment that never ends hides nothing: it is an error.
  ['unknown', /\/\*/y],
  ['string', /'(?:[^']|'')*'/y],
  ['quoted', /"(?:[^"]|"")*"|`[^`]*`/y],
  ['number', /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['word', /[\p{L}_][\p{L}\p{N}_$]*/uy],
  ['operator', /<=>|<>|!=|<=|>=|\|\||::|->>|->|==|\/\/|:=|\*\*|[-+*/%=<>(),.;?:@#&|^~![\]{}$\\]/y],
];

/** Splits SQL into tokens, without comments and blanks. Never throws: what it does not know is `unknown`. */
export function tokensOf(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;
  let line = 1;
  while (at < sql.length) {
    const { kind, text } = nextPiece(sql, at);
    if (kind !== 'blank') {
      tokens.push({ kind, text, word: kind === 'word' ? text.toLowerCase() : text, at, line });
    }
    for (const character of text) if (character === '\n') line++;
    at += text.length;
  }
  return tokens;
}

function nextPiece(sql: string, at: number): { kind: SqlToken['kind'] | 'blank'; text: string } {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const match = pattern.exec(sql);
    if (match !== null) return { kind, text: match[0] };
  }
  return { kind: 'unknown', text: String.fromCodePoint(sql.codePointAt(at) ?? 0) };
}

/** For each token, the index of the bracket that closes it (for `(`) or opened it (for `)`); -1 elsewhere. */
export function matchBrackets(tokens: readonly SqlToken[]): number[] {
  const partner = tokens.map(() => -1);
  const open: number[] = [];
  tokens.forEach((token, index) => {
    if (token.text === '(') open.push(index);
    if (token.text !== ')') return;
    const start = open.pop();
    if (start === undefined) return;
    partner[start] = index;
    partner[index] = start;
  });
  return partner;
}
