import {
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  type DuckDBType,
  StatementType,
} from '@duckdb/node-api';
import type { ResultColumn, Value } from '../platform/warehouse.ts';
import { rowsOfChunk } from './duckdb-values.ts';

/** Chunks (2,048 rows each) handed on at once: enough that a batch outweighs its overhead. */
const CHUNKS_PER_BATCH = 4;

export interface OpenedRows {
  readonly columns: readonly ResultColumn[];
  /** Read once. Throws when the statement fails midway; then the batches before were its beginning. */
  batches(): AsyncIterable<Value[][]>;
}

/**
 * Runs one statement and streams its rows.
 *
 * The driver ends a stream that failed midway as if it were complete (1.5.6: `fetchChunk` gives null and drops the
 * error). So a SELECT gets a last row of our own behind its rows, by UNION ALL, which keeps their order: only
 * when that row has come was the result whole.
 */
export async function openRows(
  connection: DuckDBConnection,
  statement: string,
  signal: AbortSignal | undefined,
): Promise<OpenedRows> {
  const prepared = await connection.prepare(statement);
  const columns = columnsOf(prepared);
  if (prepared.statementType !== StatementType.SELECT) {
    const result = await connection.run(statement);
    return { columns: columnsOfResult(result), batches: () => plainBatches(result) };
  }
  const nulls = columns.map(() => 'NULL, ').join('');
  const marked = await connection.stream(
    `SELECT result.*, false FROM (${statement}\n) AS result UNION ALL SELECT ${nulls}true`,
  );
  return { columns, batches: () => markedBatches(marked, columns.length, { connection, statement, signal }) };
}

async function* plainBatches(result: DuckDBResult): AsyncGenerator<Value[][]> {
  const typeIds = typeIdsOf(result, result.columnCount);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield rowsOfChunk(chunk, typeIds);
  }
}

async function* markedBatches(
  result: DuckDBResult,
  columns: number,
  source: {
    readonly connection: DuckDBConnection;
    readonly statement: string;
    readonly signal: AbortSignal | undefined;
  },
): AsyncGenerator<Value[][]> {
  const typeIds = typeIdsOf(result, columns);
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
  source.signal?.throwIfAborted();
  if (!whole) throw await reasonOf(source);
}

/** Runs a statement that failed midway once more, to nowhere, for the error that the stream dropped. */
async function reasonOf(source: { connection: DuckDBConnection; statement: string }): Promise<Error> {
  try {
    await source.connection.run(`COPY (${source.statement}\n) TO '/dev/null' (FORMAT csv)`);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
  return new Error('The engine ended the result before its last row.');
}

function typeIdsOf(result: DuckDBResult, columns: number): ReturnType<DuckDBResult['columnTypeId']>[] {
  return Array.from({ length: columns }, (_, index) => result.columnTypeId(index));
}

function columnsOf(prepared: DuckDBPreparedStatement): ResultColumn[] {
  return Array.from({ length: prepared.columnCount }, (_, index) => ({
    name: prepared.columnName(index),
    type: athenaType(prepared.columnType(index)),
  }));
}

function columnsOfResult(result: DuckDBResult): ResultColumn[] {
  return result.columnNames().map((name, index) => ({ name, type: athenaType(result.columnType(index)) }));
}

/** DuckDB's type in Athena's word. */
function athenaType(type: DuckDBType): string {
  return type
    .toString()
    .toLowerCase()
    .replace(/^hugeint$/, 'decimal(38,0)')
    .replace(/^float$/, 'real')
    .replace(/^timestamp$/, 'timestamp(6)')
    .replace(/^blob$/, 'varbinary');
}
