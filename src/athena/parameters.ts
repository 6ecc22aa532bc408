import { tokensOf } from './statement.ts';

/** Why parameters do not fit a statement; undefined when they do. */
export function parameterProblem(sql: string, literals: readonly string[]): string | undefined {
  const markers = tokensOf(sql).filter((token) => token.kind === 'symbol' && token.text === '?').length;
  if (markers !== literals.length)
    return `the SQL has ${markers} of ?, and ${literals.length} values were given`;
  const wrong = literals.find((literal) => !isLiteral(literal));
  return wrong === undefined ? undefined : `${wrong} is not one SQL literal: text stands in single quotes`;
}

/** The statement with each `?` outside of quotes and comments replaced by its literal, in order. */
export function bindParameters(sql: string, literals: readonly string[]): string {
  let bound = '';
  let from = 0;
  let next = 0;
  for (const token of tokensOf(sql)) {
    if (token.kind !== 'symbol' || token.text !== '?') continue;
    bound += `${sql.slice(from, token.at)}${literals[next++] ?? '?'}`;
    from = token.end;
  }
  return bound + sql.slice(from);
}

const WORD_LITERAL = /^(?:\d[\w.]*|\.\d\w*|TRUE|FALSE|NULL)$/;
const TYPED_LITERAL = /^(?:DATE|TIME|TIMESTAMP|DECIMAL|DOUBLE|REAL|BIGINT|X|UUID|VARCHAR|CHAR)$/;

function isLiteral(text: string): boolean {
  const tokens = tokensOf(text);
  const unsigned = tokens[0]?.kind === 'symbol' && /^[-+]$/.test(tokens[0].text) ? tokens.slice(1) : tokens;
  const [first, second] = unsigned;
  if (first === undefined || unsigned.length > 2) return false;
  if (unsigned.length === 2)
    return first.kind === 'word' && TYPED_LITERAL.test(first.text) && second?.kind === 'string';
  // A quote that is never closed would swallow the rest of the statement.
  if (first.kind === 'string')
    return text.trim().length >= 2 && text.trim().endsWith("'") && first.end === text.trimEnd().length;
  return first.kind === 'word' && WORD_LITERAL.test(first.text);
}
