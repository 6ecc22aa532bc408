import { productsAreWide } from './product-rule.ts';
import {
  ADVICE,
  EXTRACT_UNITS,
  FUNCTIONS,
  INTERVAL_UNITS,
  KEYWORDS,
  OPERATORS,
  RESERVED,
  TYPES,
} from './safe-subset.ts';
import { castAt, castEndingAt, castsOf, listItems, type SqlView, seek } from './sql-view.ts';
import type { SqlToken } from './tokens.ts';
import { argumentsAreFew, patternsAreTexts, remaindersAreGuarded, sumsAreOfNumbers } from './typed-rules.ts';

export interface Problem {
  readonly token: SqlToken;
  /** What is wrong and what to write instead. */
  readonly what: string;
}

export type Rule = (view: SqlView) => Problem[];

/** Whatever is neither in the safe subset nor a plain name. */
export const wordsAreKnown: Rule = ({ tokens }) =>
  tokens.flatMap((token, index) => {
    const problem = (what: string): Problem[] => [{ token, what }];
    if (token.kind === 'unknown') return problem(`\`${token.text}\` is not SQL of the safe subset`);
    if (token.kind === 'quoted') return problem('quoted names differ: name things in plain lower case');
    if (token.kind === 'operator' && !OPERATORS.has(token.text))
      return problem(`\`${token.text}\` is not in the safe subset`);
    if (token.kind !== 'word') return [];
    const { word } = token;
    const qualified = tokens[index - 1]?.text === '.';
    const called = tokens[index + 1]?.text === '(';
    if (!qualified && ADVICE[word] !== undefined && Object.hasOwn(ADVICE, word))
      return problem(`${word.toUpperCase()}: ${ADVICE[word]}`);
    if (called && FUNCTIONS.has(word)) return [];
    if (!qualified && !called && RESERVED.has(word))
      return problem(
        `\`${token.text}\` is a word that MySQL or DuckDB keeps for itself: choose another name`,
      );
    if (KEYWORDS.has(word) || TYPES.has(word) || INTERVAL_UNITS.has(word)) return [];
    if (called)
      return opensDefinition(tokens, index)
        ? []
        : problem(`the function ${word.toUpperCase()} is not in the safe subset`);
    return /^[a-z][a-z0-9_]*$/.test(token.text)
      ? []
      : problem(`\`${token.text}\`: names are plain lower case`);
  });

/** `name AS (` is a definition, `name (` a call; a table is never followed by a bracket. */
function opensDefinition(tokens: readonly SqlToken[], index: number): boolean {
  return tokens[index]?.word === 'as' || tokens[index]?.word === 'in' || tokens[index - 1]?.word === 'as';
}

/** Quotes and backslashes inside texts are read differently; typed literals too. */
export const textsArePlain: Rule = ({ tokens }) =>
  tokens.flatMap((token, index) => {
    const next = tokens[index + 1];
    if ((token.word === 'date' || token.word === 'timestamp') && next?.kind === 'string') {
      return [{ token, what: `write CAST(${next.text} AS ${token.word.toUpperCase()})` }];
    }
    if (token.kind !== 'string') return [];
    if (next?.kind === 'string')
      return [{ token, what: 'two texts side by side are one on some engines: use ||' }];
    return /['\\]/.test(token.text.slice(1, -1))
      ? [{ token, what: 'no quotes or backslashes inside a text' }]
      : [];
  });

/** DATE + INTERVAL is a TIMESTAMP on one engine and a DATE on another: a CAST decides. */
export const intervalsAreCast: Rule = (view) =>
  view.tokens.flatMap((token, index) => {
    if (token.word !== 'interval') return [];
    const [amount, unit] = [view.tokens[index + 1], view.tokens[index + 2]];
    if (amount?.kind !== 'string' || !/^'\d+'$/.test(amount.text) || !INTERVAL_UNITS.has(unit?.word ?? '')) {
      return [{ token, what: "write INTERVAL '9' HOUR: a quoted whole number and a singular unit" }];
    }
    const cast = castAt(view, (view.encloser[index] ?? -1) - 1);
    if (cast !== undefined && index < cast.as && /^(date|timestamp)$/.test(cast.type)) return [];
    return [{ token, what: 'put the sum directly into CAST(… AS DATE) or CAST(… AS TIMESTAMP)' }];
  });

/** Integers and decimals divide differently, and by zero differently. */
export const divisionsAreDouble: Rule = (view) =>
  view.tokens.flatMap((token, index) => {
    if (token.text !== '/') return [];
    const left = castEndingAt(view, index - 1);
    const right = castAt(view, index + 1);
    const guarded = right !== undefined && view.tokens[right.open + 1]?.word === 'nullif';
    if (left?.type === 'double' && right?.type === 'double' && guarded) return [];
    return [{ token, what: 'write CAST(a AS DOUBLE) / CAST(NULLIF(b, 0) AS DOUBLE)' }];
  });

/** Only types all engines know by one name, and no way from DOUBLE back to exact numbers. */
export const castsAreExact: Rule = (view) =>
  view.tokens.flatMap((token, index) => {
    if (token.word !== 'cast') return [];
    const cast = castAt(view, index);
    if (cast === undefined) return [{ token, what: 'write CAST(x AS TYPE)' }];
    if (
      !/^(decimal\(\d+,\d+\)|[a-z]+)$/.test(cast.type) ||
      cast.type === 'decimal' ||
      !TYPES.has(cast.type.replace(/\(.*/, ''))
    ) {
      return [{ token, what: `the type ${cast.type.toUpperCase()} is not in the safe subset` }];
    }
    if (cast.type === 'double') return [];
    const fromDouble = castsOf(view).some(
      (inner) =>
        inner.at > cast.open &&
        inner.close < cast.as &&
        inner.type === 'double' &&
        !isInCondition(view, { at: inner.at, within: cast.open }),
    );
    return fromDouble && cast.type !== 'boolean'
      ? [{ token, what: 'a DOUBLE rounds differently on its way to an exact type' }]
      : [];
  });

/** Whether a token below the bracket `within` only decides a WHEN: what it is does not reach the value. */
function isInCondition(
  { tokens, encloser }: SqlView,
  { at, within }: { readonly at: number; readonly within: number },
): boolean {
  let level = encloser[at] ?? -1;
  for (let index = at; index > within; index--) {
    if (index === level) level = encloser[index] ?? -1;
    if (encloser[index] !== level) continue;
    const word = tokens[index]?.word;
    if (word === 'when') return true;
    if (word === 'then' || word === 'else') return false;
  }
  return false;
}

/** Rows have an order only inside a window, and there NULLs stand where a word says. */
export const orderIsExplicit: Rule = (view) =>
  view.tokens.flatMap((token, index) => {
    if (token.word !== 'order' || view.tokens[index + 1]?.word !== 'by') return [];
    const open = view.encloser[index] ?? -1;
    if (view.tokens[open - 1]?.word !== 'over')
      return [{ token, what: 'rows have no order outside a window' }];
    const from = index + 2;
    const items = listItems(
      view,
      from,
      seek(view, from, ({ word }) => word === 'rows'),
    );
    const explicit = items.every((item) => {
      const end = view.tokens
        .slice(item.to - 3, item.to)
        .map(({ word }) => word)
        .join(' ');
      return end === 'asc nulls first' || end === 'desc nulls last';
    });
    return explicit ? [] : [{ token, what: 'end each column with ASC NULLS FIRST or DESC NULLS LAST' }];
  });

/** Ordinals and aliases in GROUP BY are not for every engine. */
export const groupsAreColumns: Rule = (view) =>
  view.tokens.flatMap((token, index) => {
    if (token.word !== 'group' || view.tokens[index + 1]?.word !== 'by') return [];
    const from = index + 2;
    const to = seek(view, from, ({ word }) => /^(having|union|order)$/.test(word));
    const bad = listItems(view, from, to).some((item) => item.to - item.from < 2);
    return bad
      ? [
          {
            token,
            what: 'group by qualified columns (o.id) or repeat the expression; no aliases, no numbers',
          },
        ]
      : [];
  });

/** A start of 0 or below means three different things. */
export const substringsStartAtOne: Rule = (view) =>
  view.tokens.flatMap((token, index) => {
    if (token.word !== 'substring' || view.tokens[index + 1]?.text !== '(') return [];
    const close = view.partner[index + 1] ?? -1;
    const start = listItems(view, index + 2, close)[1];
    const first = start === undefined ? undefined : view.tokens[start.from];
    const plain =
      start !== undefined &&
      start.to - start.from === 1 &&
      first?.kind === 'number' &&
      Number(first.text) >= 1;
    return plain ? [] : [{ token, what: 'start at a literal 1 or above: SUBSTRING(x, 1, n)' }];
  });

/** `1 = '1'` is true, false or an error. */
export const literalsAgree: Rule = ({ tokens }) =>
  tokens.flatMap((token, index) => {
    if (!/^(=|<>|!=|<|>|<=|>=)$/.test(token.text)) return [];
    const kinds = [tokens[index - 1]?.kind, tokens[index + 1]?.kind];
    return kinds.includes('number') && kinds.includes('string')
      ? [{ token, what: 'compare values of one type: CAST one of them' }]
      : [];
  });

/** Words that are fine in one place only. */
export const wordsArePlaced: Rule = (view) =>
  view.tokens.flatMap((token, index) => {
    const [before, next] = [view.tokens[index - 1]?.word, view.tokens[index + 1]?.word];
    if (token.word === 'union' && next !== 'all') return [{ token, what: 'write UNION ALL' }];
    if (token.word === 'distinct' && (before === 'is' || before === 'not'))
      return [{ token, what: 'MySQL has no IS DISTINCT FROM' }];
    if (token.word === 'extract' && !EXTRACT_UNITS.has(view.tokens[index + 2]?.word ?? '')) {
      return [
        {
          token,
          what: 'EXTRACT gives the same YEAR, MONTH, DAY, HOUR and MINUTE everywhere, and nothing else',
        },
      ];
    }
    if ((token.word === 'first' || token.word === 'last') && before !== 'nulls')
      return [{ token, what: 'FIRST and LAST depend on an order' }];
    return [];
  });

export const RULES: readonly Rule[] = [
  wordsAreKnown,
  textsArePlain,
  intervalsAreCast,
  divisionsAreDouble,
  productsAreWide,
  castsAreExact,
  orderIsExplicit,
  groupsAreColumns,
  substringsStartAtOne,
  literalsAgree,
  wordsArePlaced,
  remaindersAreGuarded,
  patternsAreTexts,
  argumentsAreFew,
  sumsAreOfNumbers,
];
