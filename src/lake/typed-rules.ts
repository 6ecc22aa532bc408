import { columnTypes, type SourceTypes } from './column-types.ts';
import type { Rule } from './lint-rules.ts';
import { castEndingAt, castsOf, listItems, type SqlView, seek } from './sql-view.ts';

/** Zero as a divisor is an error on one engine and NULL on the others. */
export const remaindersAreGuarded: Rule = (view) =>
  view.tokens.flatMap((token, index) => {
    if (token.text !== '%') return [];
    const next = view.tokens[index + 1];
    const fine = next?.word === 'nullif' || (next?.kind === 'number' && Number(next.text) !== 0);
    return fine ? [] : [{ token, what: 'write a % NULLIF(b, 0), or a number that is not 0' }];
  });

/** A pattern from a column may hold an escape, which engines read differently. */
export const patternsAreTexts: Rule = ({ tokens }) =>
  tokens.flatMap((token, index) =>
    token.word !== 'like' || tokens[index + 1]?.kind === 'string'
      ? []
      : [{ token, what: 'LIKE takes a text that is written out' }],
  );

/** More than one column in COUNT, and a third argument of LAG and LEAD, are not for every engine. */
export const argumentsAreFew: Rule = (view) =>
  view.tokens.flatMap((token, index) => {
    const most = { count: 1, lag: 2, lead: 2 }[token.word];
    if (most === undefined || view.tokens[index + 1]?.text !== '(') return [];
    const close = view.partner[index + 1] ?? -1;
    if (listItems(view, index + 2, close).length <= most) return [];
    const instead = token.word === 'count' ? 'count one column' : 'use COALESCE around LAG and LEAD';
    return [{ token, what: `${token.text.toUpperCase()} takes ${most} here: ${instead}` }];
  });

/** Truth is no number on every engine. */
export const sumsAreOfNumbers: Rule = (view) =>
  view.tokens.flatMap((token, index) => {
    if (token.word !== 'sum' || view.tokens[index + 1]?.text !== '(') return [];
    return isTruth(view, { from: index + 2, to: view.partner[index + 1] ?? -1 })
      ? [{ token, what: 'write SUM(CASE WHEN … THEN 1 ELSE 0 END)' }]
      : [];
  });

/** Whether what stands there compares, outside of inner brackets and CASE. */
function isTruth(view: SqlView, { from, to }: { readonly from: number; readonly to: number }): boolean {
  const at = seek(view, from, ({ text, word }) => COMPARISONS.has(text) || word === 'case');
  return at < to && view.tokens[at]?.word !== 'case';
}

const COMPARISONS: ReadonlySet<string> = new Set([
  ...'= <> != < > <= >='.split(' '),
  ...'is in like between and or not'.split(' '),
]);

/** What a moment and a truth look like as text differs, and the difference of two days is a number only to some. */
export function typesAreKept(sources: SourceTypes): Rule {
  return (view) => {
    const types = columnTypes(view, sources);
    const isOf: IsOf = (index, type) => types(index).some((one) => type.test(one));
    return [...textsOfOthers(view, isOf), ...differencesOfDays(view, isOf), ...wholesOfFractions(view, isOf)];
  };
}

/** Whether the token at an index names a column that may be of such a type. */
type IsOf = (index: number, type: RegExp) => boolean;

function textsOfOthers(view: SqlView, isOf: IsOf): ReturnType<Rule> {
  const isOther = (index: number): boolean => isOf(index, /^(timestamp|boolean)$/);
  const cast = castsOf(view).flatMap(({ at, open, as, type }) => {
    const token = view.tokens[at];
    const inner = castEndingAt(view, as - 1)?.type ?? '';
    const isBare = as - open <= 4 && isOther(as - 1);
    const isText = isBare || /^(timestamp|boolean)$/.test(inner) || isTruth(view, { from: open + 1, to: as });
    return type === 'string' && isText && token !== undefined ? [{ token, what: TEXT_OF_MOMENT }] : [];
  });
  const joined = view.tokens.flatMap((token, index) => {
    if (token.text !== '||') return [];
    const after = view.tokens[index + 2]?.text === '.' ? index + 3 : index + 1;
    return isOther(index - 1) || isOther(after) ? [{ token, what: TEXT_OF_MOMENT }] : [];
  });
  return [...cast, ...joined];
}

const TEXT_OF_MOMENT =
  'engines write times and truths differently as text: EXTRACT the parts, or CAST to DATE first; CASE for truths';

function differencesOfDays(view: SqlView, isOf: IsOf): ReturnType<Rule> {
  const isTime = (index: number): boolean => isOf(index, /^(timestamp|date)$/);
  return view.tokens.flatMap((token, index) => {
    if (token.text !== '-') return [];
    const after = view.tokens[index + 2]?.text === '.' ? index + 3 : index + 1;
    return isTime(index - 1) && isTime(after)
      ? [{ token, what: 'days are not subtracted alike: compare with a day plus INTERVAL' }]
      : [];
  });
}

/** A decimal becomes a whole number by rounding on one engine, and by cutting on another. */
function wholesOfFractions(view: SqlView, isOf: IsOf): ReturnType<Rule> {
  const isKnown = fractionsIn(view, (index) => isOf(index, /^decimal\(\d+,[1-9]/));
  return castsOf(view).flatMap(({ at, open, as, type }) => {
    const token = view.tokens[at];
    if (!/^(bigint|int|smallint|tinyint)$/.test(type) || token === undefined) return [];
    return isFraction(view, { from: open + 1, to: as }, isKnown)
      ? [
          {
            token,
            what: 'write CAST(CAST(x AS DECIMAL(20,0)) AS BIGINT): a decimal is rounded or cut otherwise',
          },
        ]
      : [];
  });
}

/** The columns that are fractions, and the names that the statement itself gives to what is made of them. */
function fractionsIn(view: SqlView, isColumn: (index: number) => boolean): (index: number) => boolean {
  const known = new Set<string>();
  const isKnown = (index: number): boolean => isColumn(index) || known.has(view.tokens[index]?.word ?? '');
  for (let before = -1; before !== known.size; ) {
    before = known.size;
    view.tokens.forEach((token, index) => {
      if (token.word !== 'as' || view.tokens[index + 1]?.kind !== 'word') return;
      const from = startOfItem(view, index);
      if (from !== undefined && isFraction(view, { from, to: index }, isKnown))
        known.add(view.tokens[index + 1]?.word ?? '');
    });
  }
  return isKnown;
}

/** Where the item of a SELECT list begins that is named at `as`; undefined for the AS of a CAST or a WITH. */
function startOfItem(view: SqlView, as: number): number | undefined {
  const level = view.encloser[as] ?? -1;
  if (view.tokens[level - 1]?.word === 'cast' || view.tokens[as + 1]?.text === '(') return undefined;
  for (let index = as - 1; index > level; index--) {
    if (view.encloser[index] !== level) continue;
    const { text, word } = view.tokens[index] ?? { text: '', word: '' };
    if (text === ',' || word === 'select' || word === 'distinct') return index + 1;
    if (word === 'from' || word === 'join') return undefined;
  }
  return undefined;
}

/** Whether the value there may have digits behind the point: what is only counted, compared or cast does not tell. */
function isFraction(
  view: SqlView,
  { from, to }: { readonly from: number; readonly to: number },
  isKnown: (index: number) => boolean,
): boolean {
  for (let index = from; index < to; index++) {
    const { kind, text, word } = view.tokens[index] ?? { kind: 'unknown', text: '', word: '' };
    const close = view.partner[index + 1] ?? -1;
    if (word === 'cast' && close > index) {
      const type = castEndingAt(view, close)?.type ?? '';
      if (/^decimal\(\d+,[1-9]/.test(type)) return true;
      index = close;
    } else if (WHOLE.has(word) && view.tokens[index + 1]?.text === '(' && close > index) {
      index = close;
    } else if (word === 'when') {
      index = seek(view, index + 1, (token) => token.word === 'then');
    } else if ((kind === 'number' && text.includes('.')) || (kind === 'word' && isKnown(index))) {
      return true;
    }
  }
  return false;
}

/** Functions that give whole numbers whatever they are given. */
const WHOLE: ReadonlySet<string> = new Set([
  'count',
  'row_number',
  'rank',
  'dense_rank',
  'char_length',
  'extract',
  'over',
]);
