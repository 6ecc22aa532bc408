/**
 * Athena's SQL, planned for DuckDB. How a warehouse uses this room:
 *
 * 1. Once an instance: `registerDialect(connection)`; every connection: `applyDialect(connection)`
 *    (src/local/dialect-connection.ts).
 * 2. `readStatement(sql, database)` parses and says which tables must be known. Views need the tables of their
 *    own SQL as well: read that with `readStatement` again. `executes` names a prepared statement to look up.
 * 3. `planStatement(parsed, known)` checks names and types as Athena does and gives a `Plan`: SQL to run, rows
 *    to show as they are, or an order to carry out in the catalog. It throws a Failure that points at the place.
 * 4. What DuckDB raises while it runs planned SQL goes through `explainRaised` (src/athena/raised.ts).
 *
 * Every table that is no view must exist in DuckDB as "database"."name" with the columns of its KnownTable, in
 * the DuckDB types of `duckdbType`; a table may offer a column "$path" that is declared hidden.
 */
import { notSupportedFailure } from './errors.ts';
import { tablesOf } from './plan/information-schema.ts';
import { type Change, planChange } from './plan/plan-change.ts';
import { type PlannedColumn, type PlannedQuery, planQuery, type QueryInput } from './plan/plan-query.ts';
import { showStatement } from './plan/plan-show.ts';
import type { KnownCatalog } from './plan/tables.ts';
import { parseParameter, parseStatement } from './sql/parse-statement.ts';
import type { Statement } from './sql/statement.ts';
import type { Expression } from './sql/tree.ts';
import type { ParsedStatement } from './statement-needs.ts';

export interface StatementInput {
  readonly catalog: KnownCatalog;
  /** Values of `?` markers, as SQL: `'paid'`, `7`, `DATE '2024-01-01'`. */
  readonly parameters?: readonly string[];
  /** SQL of prepared statements by their lower-case names. */
  readonly prepared?: ReadonlyMap<string, string>;
}

export type Plan =
  | ({ readonly kind: 'select' } & PlannedQuery)
  /** The answer itself, one text a cell, as Athena's SHOW and DESCRIBE give it. */
  | {
      readonly kind: 'rows';
      readonly columns: readonly PlannedColumn[];
      readonly rows: readonly (readonly string[])[];
    }
  /** SQL whose second column holds the plan; Athena shows it as one column, a line a row. */
  | ({ readonly kind: 'explain'; readonly analyze: boolean } & PlannedQuery)
  | { readonly kind: 'prepare'; readonly name: string; readonly sql: string }
  | { readonly kind: 'deallocate'; readonly name: string }
  | Change;

export function planStatement(parsed: ParsedStatement, input: StatementInput): Plan {
  const query: QueryInput = {
    sql: parsed.sql,
    database: parsed.database,
    tables: tablesOf(input.catalog),
    ...(input.parameters === undefined ? {} : { parameters: input.parameters }),
  };
  return planParsed(parsed.statement, query, input);
}

function planParsed(statement: Statement, query: QueryInput, input: StatementInput): Plan {
  switch (statement.kind) {
    case 'query':
      return { kind: 'select', ...planQuery(statement.query, query) };
    case 'explain':
      return planExplain(statement, query);
    case 'prepare':
      return { kind: 'prepare', name: statement.name.name, sql: statement.sql };
    case 'deallocate':
      return { kind: 'deallocate', name: statement.name.name };
    case 'execute':
      return planExecute(statement, query, input);
    default:
      return showStatement(statement, query, input.catalog) ?? planChange(statement, query);
  }
}

const PLAN_COLUMN: PlannedColumn = { name: 'Query Plan', type: 'varchar' };

function planExplain(statement: Statement & { kind: 'explain' }, query: QueryInput): Plan {
  const { statement: inner, options, analyze } = statement;
  if (inner.kind !== 'query') throw notSupportedFailure(query.sql, 0, `EXPLAIN of anything but a query`);
  const planned = planQuery(inner.query, query);
  if (options.type === 'validate') {
    return { kind: 'rows', columns: [{ name: 'Valid', type: 'boolean' }], rows: [['true']] };
  }
  if (options.type === 'io') throw notSupportedFailure(query.sql, 0, 'EXPLAIN (TYPE IO)');
  const duckdbSql = `EXPLAIN ${analyze ? 'ANALYZE ' : ''}${planned.duckdbSql}`;
  return { kind: 'explain', analyze, duckdbSql, columns: [PLAN_COLUMN], tables: planned.tables };
}

function planExecute(
  statement: Statement & { kind: 'execute' },
  query: QueryInput,
  input: StatementInput,
): Plan {
  const sql = input.prepared?.get(statement.name.name);
  const { at } = statement.name;
  if (sql === undefined)
    throw notSupportedFailure(
      query.sql,
      at,
      `the prepared statement ${statement.name.name}: there is none of this name`,
    );
  const ends = [...statement.parameters.slice(1).map(startOf), query.sql.length];
  const parameters = statement.parameters.map((parameter, index) =>
    textBetween(query.sql, parameter, ends[index] ?? query.sql.length),
  );
  return planParsed(parseStatement(sql), { ...query, sql, parameters }, input);
}

/** A parameter as written: from where it starts to the comma before the next. */
function textBetween(sql: string, parameter: Expression, end: number): string {
  const text = sql
    .slice(startOf(parameter), end)
    .trim()
    .replace(/[,;]\s*$/, '');
  parseParameter(text);
  return text;
}

/** Operators stand where their sign is, which is after their first operand. */
function startOf(expression: Expression): number {
  if ('left' in expression) return Math.min(expression.at, startOf(expression.left));
  return expression.at;
}
