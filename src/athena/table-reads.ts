import type { TableRead } from './io-plan.ts';
import { nameFrom, type SqlToken, tokensOf } from './statement.ts';

/**
 * The tables that a query names, and what its WHERE clauses surely limit columns to: read off the text, for an
 * engine that cannot be asked. It errs on the side of too many: a condition it does not understand limits nothing, and
 * a name may be that of a CTE or no table at all, so the caller looks each up.
 */
export function tableReads(sql: string, database: string): TableRead[] {
  const blocks = blocksOf(withoutDateWords(tokensOf(sql)));
  return blocks.flatMap((block) => {
    const tables = tablesOf(block);
    const limits = limitsOf(block);
    return tables.map(({ name, alias }) => {
      const parts = name.split('.');
      const table = parts.at(-1) ?? '';
      const own = limits.filter(({ qualifier }) =>
        qualifier === undefined ? true : qualifier === alias || qualifier === table || qualifier === name,
      );
      return { schema: parts.at(-2) ?? database, table, limits: combined(own) };
    });
  });
}

/** `DATE '2026-11-22'` as the text alone, which is how partitions are named. */
function withoutDateWords(tokens: readonly SqlToken[]): SqlToken[] {
  return tokens.filter(
    (token, index) => token.kind !== 'word' || token.text !== 'DATE' || tokens[index + 1]?.kind !== 'string',
  );
}

interface Limit {
  readonly qualifier: string | undefined;
  readonly column: string;
  readonly holds: (value: string) => boolean;
}

/** The tokens of each pair of brackets, and of the whole, without what is in brackets further inside. */
function blocksOf(tokens: readonly SqlToken[]): SqlToken[][] {
  const whole: SqlToken[] = [];
  const blocks = [whole];
  const open = [whole];
  for (const token of tokens) {
    const current = open.at(-1) ?? whole;
    if (token.kind === 'symbol' && token.text === '(') {
      const inner: SqlToken[] = [];
      current.push(token);
      blocks.push(inner);
      open.push(inner);
    } else if (token.kind === 'symbol' && token.text === ')') {
      if (open.length > 1) {
        const inner = open.pop() ?? [];
        const outer = open.at(-1) ?? whole;
        // A list of literals stays with the IN it belongs to.
        if (inner.every((one) => one.kind === 'string' || one.text === ',')) outer.push(...inner);
        outer.push(token);
      }
    } else current.push(token);
  }
  return blocks;
}

const CLAUSE_ENDS =
  /^(WHERE|GROUP|HAVING|ORDER|LIMIT|OFFSET|FETCH|UNION|EXCEPT|INTERSECT|WINDOW|SELECT|WITH)$/;
const NOT_AN_ALIAS =
  /^(ON|USING|JOIN|LEFT|RIGHT|FULL|INNER|OUTER|CROSS|NATURAL|TABLESAMPLE|WHERE|GROUP|HAVING|ORDER|LIMIT|UNION|EXCEPT|INTERSECT|FOR)$/;

function tablesOf(block: readonly SqlToken[]): { name: string; alias: string | undefined }[] {
  const tables: { name: string; alias: string | undefined }[] = [];
  let inFrom = false;
  block.forEach((token, index) => {
    const isWord = token.kind === 'word';
    if (isWord && CLAUSE_ENDS.test(token.text)) inFrom = false;
    const starts = isWord && /^(FROM|JOIN)$/.test(token.text);
    if (starts) inFrom = true;
    if (!starts && !(inFrom && token.kind === 'symbol' && token.text === ',')) return;
    const name = nameFrom(block, index + 1);
    if (name !== undefined) tables.push({ name, alias: aliasAfter(block, index + 1, name) });
  });
  return tables;
}

function aliasAfter(block: readonly SqlToken[], from: number, name: string): string | undefined {
  let at = from;
  let length = 0;
  while (length < name.length && at < block.length) length += (block[at++]?.text ?? '').length;
  let token = block[at];
  if (token?.kind === 'word' && token.text === 'AS') token = block[at + 1];
  if (token === undefined || token.kind === 'string' || token.kind === 'symbol') return undefined;
  return NOT_AN_ALIAS.test(token.text) ? undefined : token.text.toLowerCase();
}

/** Conditions of the WHERE clause that all rows must meet: joined by AND, with no OR beside them. */
function limitsOf(block: readonly SqlToken[]): Limit[] {
  const start = block.findIndex((token) => token.kind === 'word' && token.text === 'WHERE');
  if (start === -1) return [];
  const rest = block.slice(start + 1);
  const end = rest.findIndex((token) => token.kind === 'word' && CLAUSE_ENDS.test(token.text));
  const clause = end === -1 ? rest : rest.slice(0, end);
  if (clause.some((token) => token.kind === 'word' && token.text === 'OR')) return [];
  return conjuncts(clause).flatMap((conjunct) => limitOf(conjunct) ?? []);
}

function conjuncts(clause: readonly SqlToken[]): SqlToken[][] {
  const parts: SqlToken[][] = [[]];
  let between = false;
  for (const token of clause) {
    const word = token.kind === 'word' ? token.text : '';
    if (word === 'BETWEEN') between = true;
    if (word === 'AND' && !between) parts.push([]);
    else {
      if (word === 'AND') between = false;
      parts.at(-1)?.push(token);
    }
  }
  return parts;
}

function limitOf(conjunct: readonly SqlToken[]): Limit | undefined {
  const name = nameFrom(conjunct, 0);
  if (name === undefined) return undefined;
  const parts = name.split('.');
  const column = parts.at(-1) ?? '';
  const qualifier = parts.length > 1 ? parts.slice(0, -1).join('.') : undefined;
  const after = conjunct.findIndex((token) =>
    token.kind === 'symbol' ? token.text !== '.' : WORD_OPERATOR.test(token.text),
  );
  const [operator, ...values] = [textOf(conjunct.slice(after)), ...stringsOf(conjunct.slice(after))];
  const holds = after === -1 ? undefined : comparison(operator, values);
  return holds === undefined ? undefined : { qualifier, column, holds };
}

const WORD_OPERATOR = /^(IN|BETWEEN|NOT|IS|LIKE)$/;

/** The shape of a condition, with each literal as `?`: `= ?`, `IN ( ? , ? )`, `BETWEEN ? AND ?`. */
function textOf(tokens: readonly SqlToken[]): string {
  return tokens.map((token) => (token.kind === 'string' ? '?' : token.text)).join('');
}

function stringsOf(tokens: readonly SqlToken[]): string[] {
  return tokens.filter((token) => token.kind === 'string').map((token) => token.text);
}

function comparison(
  shape: string | undefined,
  values: readonly string[],
): ((value: string) => boolean) | undefined {
  const [low = '', high = ''] = values;
  if (/^IN\((\?,)*\?\)$/.test(shape ?? '')) return (value) => values.includes(value);
  switch (shape) {
    case '=?':
      return (value) => value === low;
    case '>=?':
      return (value) => value >= low;
    case '>?':
      return (value) => value > low;
    case '<=?':
      return (value) => value <= low;
    case '<?':
      return (value) => value < low;
    case 'BETWEEN?AND?':
      return (value) => value >= low && value <= high;
    default:
      return undefined;
  }
}

function combined(limits: readonly Limit[]): TableRead['limits'] {
  const all: Record<string, (value: string) => boolean> = {};
  for (const { column, holds } of limits) {
    const before = all[column];
    all[column] = before === undefined ? holds : (value) => before(value) && holds(value);
  }
  return all;
}
