import { splitSql, statementKind } from '../athena/statement.ts';
import { noStatement, severalStatements, writeNotAllowed } from './query-errors.ts';

export interface GuardInput {
  readonly sql: string;
  /** Whether the operator said that the statement may change things. */
  readonly write: boolean;
}

export interface GuardDeps {
  /** Has the name of what is taken away typed; throws when it is not. */
  confirm(what: string, name: string): Promise<void>;
}

/**
 * Lets one statement through: reads always, writes with --write, and what takes something away only when its name was
 * confirmed as well. Gives the statement without its semicolon.
 */
export async function guardStatement({ sql, write }: GuardInput, deps: GuardDeps): Promise<string> {
  const { statements, rest } = splitSql(sql);
  const all = rest === '' ? statements : [...statements, rest];
  const [statement] = all;
  if (statement === undefined) throw noStatement();
  if (all.length > 1) throw severalStatements(all.length);
  const { effect, words, object } = statementKind(statement);
  if (effect === 'read') return statement;
  if (!write) throw writeNotAllowed(words, object);
  if (effect === 'destroy')
    await deps.confirm(`${words}${object === undefined ? '' : ` ${object}`}`, object ?? words);
  return statement;
}
