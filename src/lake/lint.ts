import { type SourceTypes, sourceTypes } from './column-types.ts';
import type { LakeContract, LakeTable } from './contract.ts';
import { sqlNotPortable } from './errors.ts';
import { type Problem, RULES } from './lint-rules.ts';
import { castAt, listItems, type SqlView, seek, viewSql } from './sql-view.ts';
import { typesAreKept } from './typed-rules.ts';

/** Throws a Failure when a table's SQL could mean different things on DuckDB, Spark and MySQL. */
export function lintTable(table: LakeTable, tables: readonly LakeTable[]): void {
  const { contract } = table;
  const sources = tables.flatMap((one) =>
    one.contract.source === undefined ? [] : [`src_${one.contract.source.table}`],
  );
  const staged = tables.map((one) => one.contract.table);
  const known = [...sources, 'run_params'];
  const problems = transformProblems(table.transform, contract, known, sourceTypes(tables));
  if (problems.length > 0) throw sqlNotPortable(`${contract.table}/transform.sql`, problems);
  for (const check of table.checks) {
    const found = checkProblems(check.sql, [...staged, 'run_params']);
    if (found.length > 0) throw sqlNotPortable(`${contract.table}/checks/${check.name}.sql`, found);
  }
}

/** What keeps a transform from being portable, as sentences that begin with the line; empty when nothing does. */
export function transformProblems(
  sql: string,
  contract: LakeContract,
  known: readonly string[],
  types: SourceTypes = new Map(),
): string[] {
  const view = viewSql(sql);
  return sentences([...common(view, known), ...typesAreKept(types)(view), ...outputProblems(view, contract)]);
}

/** The same for a check, whose columns are only for people to read. */
export function checkProblems(sql: string, known: readonly string[]): string[] {
  return sentences(common(viewSql(sql), known));
}

function common(view: SqlView, known: readonly string[]): Problem[] {
  const problems = RULES.flatMap((rule) => rule(view));
  const [first] = view.tokens;
  if (first !== undefined && first.word !== 'select' && first.word !== 'with') {
    problems.push({ token: first, what: 'one SELECT, or WITH … SELECT' });
  }
  return [...problems, ...tableProblems(view, known)];
}

/** Only what the run shows, and what the statement itself defines, is there on every engine. */
function tableProblems({ tokens }: SqlView, known: readonly string[]): Problem[] {
  const defined = tokens.filter((_, at) => tokens[at + 1]?.word === 'as' && tokens[at + 2]?.text === '(');
  const names = new Set([...known, ...defined.map(({ word }) => word)]);
  return tokens.flatMap((token, index) => {
    const next = tokens[index + 1];
    const reads = token.word === 'join' || (token.word === 'from' && !isExtract(tokens, index));
    if (!reads || next === undefined || next.text === '(' || names.has(next.word)) return [];
    return [{ token: next, what: `there is no table \`${next.text}\` here; there are ${known.join(', ')}` }];
  });
}

function isExtract(tokens: SqlView['tokens'], from: number): boolean {
  return tokens[from - 2]?.text === '(' && tokens[from - 3]?.word === 'extract';
}

/** Every output column is CAST(… AS <the contract's type>) AS <its name>, in the contract's order. */
function outputProblems(view: SqlView, contract: LakeContract): Problem[] {
  return finalSelects(view).flatMap((select) => {
    const token = view.tokens[select];
    if (token === undefined) return [];
    const from = view.tokens[select + 1]?.word === 'distinct' ? select + 2 : select + 1;
    const items = listItems(
      view,
      from,
      seek(view, from, ({ word }) => word === 'from'),
    );
    const outputs = items.map((item) => {
      const cast = castAt(view, item.from);
      const whole =
        cast !== undefined && cast.close === item.to - 3 && view.tokens[item.to - 2]?.word === 'as';
      return whole ? `${view.tokens[item.to - 1]?.word} ${cast.type}` : undefined;
    });
    const wanted = contract.columns.map((column) => `${column.name} ${column.type}`);
    if (outputs.join() === wanted.join()) return [];
    const differing = wanted.findIndex((column, index) => outputs[index] !== column);
    const [name, type] = (wanted[differing] ?? '').split(' ');
    if (name === undefined || type === undefined)
      return [{ token, what: `the contract has ${wanted.length} columns, the SELECT ${outputs.length}` }];
    return [{ token, what: `column ${differing + 1} must be CAST(… AS ${type.toUpperCase()}) AS ${name}` }];
  });
}

/** The SELECTs at the top: the last after WITH, and those joined to it by UNION ALL. */
function finalSelects({ tokens, encloser }: SqlView): number[] {
  return tokens.flatMap((token, index) => (token.word === 'select' && encloser[index] === -1 ? [index] : []));
}

function sentences(problems: readonly Problem[]): string[] {
  return problems.map(({ token, what }) => `Line ${token.line}: ${what}.`);
}
