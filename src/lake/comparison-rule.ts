import { columnTypes, type SourceTypes } from './column-types.ts';
import type { Problem, Rule } from './lint-rules.ts';
import { listItems, type SqlView } from './sql-view.ts';

type Kind = 'number' | 'text' | 'time' | 'truth';

interface Operand {
  readonly from: number;
  /** The index behind its last token. */
  readonly to: number;
  /** None for what is no column and no literal. */
  readonly kinds: readonly Kind[];
}

/**
 * A text that is compared with a number or a time becomes one on every engine in another way: `code = 0` holds for
 * `'abc'` on MySQL. Only columns of sources and literals that stand alone are looked at.
 */
export function comparisonsAreOfOneKind(sources: SourceTypes): Rule {
  return (view) => {
    const types = columnTypes(view, sources);
    const operand = (item: { readonly from: number; readonly to: number }): Operand => ({
      ...item,
      kinds: kindsOf(view, item, types),
    });
    return view.tokens.flatMap((token, index): Problem[] => {
      const left = operand(
        operandBefore(view, token.word === 'in' || token.word === 'between' ? notBefore(view, index) : index),
      );
      const differing = othersOf(view, index)
        .map(operand)
        .some(({ kinds }) => areOfDifferentKinds(left.kinds, kinds));
      return differing ? [{ token, what: WHAT }] : [];
    });
  };
}

const WHAT =
  'engines make a number or a time of a text in different ways: compare values of one type, such as CAST(… AS DATE), and CAST one of them';
const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '!=', '<', '>', '<=', '>=']);

/** What the token compares its left side with: one operand, two of BETWEEN, or the items of an IN list. */
function othersOf(view: SqlView, index: number): { from: number; to: number }[] {
  const { text, word } = view.tokens[index] ?? { text: '', word: '' };
  if (COMPARISONS.has(text)) return [operandAt(view, index + 1)];
  if (word === 'between') {
    const low = operandAt(view, index + 1);
    return view.tokens[low.to]?.word === 'and' ? [low, operandAt(view, low.to + 1)] : [low];
  }
  const close = view.partner[index + 1] ?? -1;
  const isList = word === 'in' && close > index && view.tokens[index + 2]?.word !== 'select';
  return isList ? listItems(view, index + 2, close) : [];
}

function notBefore({ tokens }: SqlView, index: number): number {
  return tokens[index - 1]?.word === 'not' ? index - 1 : index;
}

/** A name, a name with its table's, or a literal that begins there. */
function operandAt({ tokens }: SqlView, from: number): { from: number; to: number } {
  if (tokens[from]?.text === '-' && tokens[from + 1]?.kind === 'number') return { from, to: from + 2 };
  return { from, to: tokens[from + 1]?.text === '.' ? from + 3 : from + 1 };
}

function operandBefore({ tokens }: SqlView, to: number): { from: number; to: number } {
  return { from: tokens[to - 2]?.text === '.' ? to - 3 : to - 1, to };
}

/** Whatever the value is combined with before it is compared. */
const COMBINES: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '||', '(']);

function kindsOf(
  view: SqlView,
  { from, to }: { readonly from: number; readonly to: number },
  types: (index: number) => readonly string[],
): Kind[] {
  const [before, last, after] = [view.tokens[from - 1], view.tokens[to - 1], view.tokens[to]];
  if (last === undefined || COMBINES.has(after?.text ?? '') || isCombined(before?.text)) return [];
  if (last.kind === 'string') return ['text'];
  if (last.kind === 'number') return ['number'];
  return types(to - 1).map(kindOf);
}

function isCombined(before: string | undefined): boolean {
  return before !== undefined && before !== '(' && COMBINES.has(before);
}

function kindOf(type: string): Kind {
  if (type === 'string') return 'text';
  if (type === 'date' || type === 'timestamp') return 'time';
  return type === 'boolean' ? 'truth' : 'number';
}

/** Truth is a number to MySQL, and is left to other rules. */
function areOfDifferentKinds(left: readonly Kind[], right: readonly Kind[]): boolean {
  const known = [...left, ...right].filter((kind) => kind !== 'truth');
  if (left.length === 0 || right.length === 0 || known.length < left.length + right.length) return false;
  return left.every((kind) => !right.includes(kind));
}
