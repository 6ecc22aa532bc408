import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api';
import type { Value } from '../platform/warehouse.ts';
import { rowsOfChunk } from './duckdb-values.ts';

/** Chunks (2,048 rows each) handed on at once: enough that a batch outweighs its overhead. */
const CHUNKS_PER_BATCH = 4;

export interface RowsInput {
  /** One SELECT, without a semicolon. */
  readonly sql: string;
  readonly columns: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs one SELECT and streams its rows. Throws, midway too, when it fails; the batches before were its beginning.
 *
 * The driver ends a stream that failed midway as if it were complete (1.5.6: `fetchChunk` gives null and drops the
 * error). So the statement gets a last row of our own behind its rows, by UNION ALL, which keeps their order: only
 * when that row has come was the result whole.
 */
export async function openRows(
  connection: DuckDBConnection,
  input: RowsInput,
): Promise<AsyncIterable<Value[][]>> {
  const nulls = 'NULL, '.repeat(input.columns);
  const marked = await connection.stream(
    `SELECT result.*, false FROM (${input.sql}\n) AS result UNION ALL SELECT ${nulls}true`,
  );
  return markedBatches(marked, connection, input);
}

async function* markedBatches(
  result: DuckDBResult,
  connection: DuckDBConnection,
  input: RowsInput,
): AsyncGenerator<Value[][]> {
  const { columns } = input;
  const typeIds = Array.from({ length: columns }, (_, index) => result.columnTypeId(index));
  let batch: Value[][] = [];
  let whole = false;
  for (let chunks = 1; ; chunks++) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    const rows = rowsOfChunk(chunk, typeIds);
    if (chunk.getColumnVector(columns).getItem(chunk.rowCount - 1) === true) {
      whole = true;
      rows.pop();
    }
    batch = batch.length === 0 ? rows : batch.concat(rows);
    if (chunks % CHUNKS_PER_BATCH !== 0 || batch.length === 0) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
  input.signal?.throwIfAborted();
  if (!whole) throw await reasonOf(input.sql, connection);
}

/** Runs a statement that failed midway once more, to nowhere, for the error that the stream dropped. */
async function reasonOf(sql: string, connection: DuckDBConnection): Promise<Error> {
  try {
    await connection.run(`COPY (${sql}\n) TO '/dev/null' (FORMAT csv)`);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
  return new Error('The engine ended the result before its last row.');
}
