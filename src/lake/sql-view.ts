import { matchBrackets, type SqlToken, tokensOf } from './tokens.ts';

/** A statement's tokens with what the rules ask of them: brackets, casts, lists. */
export interface SqlView {
  readonly tokens: readonly SqlToken[];
  /** See matchBrackets. */
  readonly partner: readonly number[];
  /** The index of the `(` that directly encloses a token; -1 at the top. */
  readonly encloser: readonly number[];
}

export interface CastView {
  /** Index of the word CAST, of its brackets, and of the AS that names the type. */
  readonly at: number;
  readonly open: number;
  readonly close: number;
  readonly as: number;
  /** Lower-case, without blanks: `decimal(14,2)`. */
  readonly type: string;
}

export function viewSql(sql: string): SqlView {
  const tokens = tokensOf(sql);
  const open: number[] = [];
  const encloser = tokens.map((token, index) => {
    if (token.text === ')') open.pop();
    const within = open.at(-1) ?? -1;
    if (token.text === '(') open.push(index);
    return within;
  });
  return { tokens, partner: matchBrackets(tokens), encloser };
}

/** Every CAST(… AS type) of the statement. */
export function castsOf(view: SqlView): CastView[] {
  return view.tokens.flatMap((token, at) => {
    const cast = token.word === 'cast' ? castAt(view, at) : undefined;
    return cast === undefined ? [] : [cast];
  });
}

/** The CAST whose word stands at `at`, when it is whole. */
export function castAt({ tokens, partner, encloser }: SqlView, at: number): CastView | undefined {
  const open = at + 1;
  const close = partner[open] ?? -1;
  if (tokens[at]?.word !== 'cast' || tokens[open]?.text !== '(' || close < 0) return undefined;
  for (let as = close - 1; as > open; as--) {
    if (tokens[as]?.word !== 'as' || encloser[as] !== open) continue;
    const type = tokens
      .slice(as + 1, close)
      .map((token) => token.word)
      .join('');
    return { at, open, close, as, type };
  }
  return undefined;
}

/** The CAST that ends at the `)` at `close`. */
export function castEndingAt(view: SqlView, close: number): CastView | undefined {
  const open = view.partner[close] ?? -1;
  return view.tokens[close]?.text === ')' && open > 0 ? castAt(view, open - 1) : undefined;
}

/** Index of the first token from `from` on, in the same brackets as `from`, that `is`; the end of the brackets otherwise. */
export function seek(view: SqlView, from: number, is: (token: SqlToken) => boolean): number {
  const within = view.encloser[from] ?? -1;
  for (let index = from; index < view.tokens.length; index++) {
    const token = view.tokens[index];
    if (token === undefined || (token.text === ')' && view.partner[index] === within)) return index;
    if (view.encloser[index] === within && is(token)) return index;
  }
  return view.tokens.length;
}

/** The items of a comma list that runs from `from` up to `to`, as index ranges. */
export function listItems(
  view: SqlView,
  from: number,
  to: number,
): { readonly from: number; readonly to: number }[] {
  const within = view.encloser[from] ?? -1;
  const items: { from: number; to: number }[] = [];
  let start = from;
  for (let index = from; index < to; index++) {
    if (view.tokens[index]?.text !== ',' || view.encloser[index] !== within) continue;
    items.push({ from: start, to: index });
    start = index + 1;
  }
  return [...items, { from: start, to }];
}
