import type { Rule } from './lint-rules.ts';
import { FUNCTIONS } from './safe-subset.ts';
import { castAt, castEndingAt, type SqlView } from './sql-view.ts';

/** The product of two narrow decimals overflows on one engine. `*` for all columns hides what a table holds. */
export const productsAreWide: Rule = (view) =>
  view.tokens.flatMap((token, index) => {
    if (token.text !== '*') return [];
    const [before, after] = [view.tokens[index - 1], view.tokens[index + 1]];
    if (before?.text === '(' && view.tokens[index - 2]?.word === 'count') return [];
    if (
      before === undefined ||
      after === undefined ||
      /^(select|,|\.|distinct|all)$/.test(before.word) ||
      after.text === ',' ||
      after.word === 'from'
    ) {
      return [{ token, what: 'list the columns' }];
    }
    const right = castAt(view, index + 1);
    if ((right !== undefined && isWide(right.type)) || isWideBefore(view, index)) return [];
    return [
      {
        token,
        what: 'widen one side and keep its digits: CAST(price AS DECIMAL(20,2)) * b, for a price of 2',
      },
    ];
  });

/** Whether a factor that stands before the `*` is wide: what it is multiplied with becomes as wide, all along `a * b * c`. */
function isWideBefore(view: SqlView, times: number): boolean {
  for (let end = times - 1; end >= 0; ) {
    const cast = castEndingAt(view, end);
    if (cast !== undefined && isWide(cast.type)) return true;
    const start = startOfFactor(view, end);
    if (view.tokens[start - 1]?.text !== '*') return false;
    end = start - 2;
  }
  return false;
}

/** Where the factor begins that ends there: a bracket with the function before it, or a name with its table's. */
function startOfFactor({ tokens, partner }: SqlView, end: number): number {
  const open = tokens[end]?.text === ')' ? (partner[end] ?? end) : end;
  if (open !== end) return FUNCTIONS.has(tokens[open - 1]?.word ?? '') ? open - 1 : open;
  return tokens[end - 1]?.text === '.' ? end - 2 : end;
}

function isWide(type: string): boolean {
  return (
    type === 'bigint' || type === 'double' || Number(/^decimal\((\d+),\d+\)$/.exec(type)?.[1] ?? 0) >= 19
  );
}
