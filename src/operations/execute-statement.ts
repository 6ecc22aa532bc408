import type { Database, DatabaseUser } from '../platform/database.ts';
import type { ResultSink } from './run-query.ts';

export interface ExecuteStatementInput {
  readonly sql: string;
  readonly user: DatabaseUser;
  readonly signal: AbortSignal;
}

export interface ExecuteStatementResult {
  readonly rows: number;
  /** For statements that change rows. */
  readonly affectedRows: number | undefined;
}

/** Runs one statement on the shop's database and hands its rows, as the server's own text, to the sink. */
export async function executeStatement(
  input: ExecuteStatementInput,
  deps: { readonly database: Database; readonly sink: ResultSink },
): Promise<ExecuteStatementResult> {
  await using session = await deps.database.connect(input.user);
  const { columns, rows, affectedRows } = await session.query(input.sql);
  const stats = { rows: rows.length, ...(affectedRows === undefined ? {} : { affectedRows }) };
  await deps.sink.open(columns);
  await deps.sink.rows(rows);
  await deps.sink.close(stats);
  return { rows: rows.length, affectedRows };
}
