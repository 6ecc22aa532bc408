import { randomUUID } from 'node:crypto';
import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from '@duckdb/node-api';
import type { Catalog } from '../platform/catalog.ts';
import type { QueryRequest, QueryResult, QueryStats, Warehouse } from '../platform/warehouse.ts';
import { connectDuckDB, literal, openDuckDB } from './duckdb.ts';
import { rowsOfChunk } from './duckdb-values.ts';

import { type LakeView, showTables } from './lake-views.ts';
import { queryFailure } from './query-failure.ts';

/** What a query may use of this machine's memory, in MiB; the rest spills to disk. */
const QUERY_MEMORY_MIB = 1024;
/** Chunks (2,048 rows each) handed on at once: enough that a batch outweighs its overhead. */
const CHUNKS_PER_BATCH = 4;

export interface LocalWarehouseInput {
  readonly catalog: Catalog;
  readonly spillFolder: string;
  readonly now: () => number;
}

/** The lake's SQL on DuckDB, in this process. */
export function openLocalWarehouse(input: LocalWarehouseInput): Warehouse & AsyncDisposable {
  let instance: Promise<DuckDBInstance> | undefined;
  const open = async (): Promise<DuckDBConnection> => {
    instance ??= openDuckDB({ memoryMiB: QUERY_MEMORY_MIB, spillFolder: input.spillFolder });
    return connectDuckDB(await instance);
  };
  return {
    run: async (request) => runQuery(request, await open(), input),
    writeParquet: async (request, path) => writeParquet(request, { path, connection: await open(), input }),
    [Symbol.asyncDispose]: async () => (await instance)?.closeSync(),
  };
}

async function runQuery(
  request: QueryRequest,
  connection: DuckDBConnection,
  input: LocalWarehouseInput,
): Promise<QueryResult> {
  const started = input.now();
  const watch = interruptOn(request.signal, connection);
  try {
    const views = await showTables(connection, { ...request, catalog: input.catalog });
    const planned = input.now();
    const result = await connection.stream(request.sql);
    let rows = 0;
    let ended = input.now();
    return {
      columns: result.columnNames().map((name, index) => ({ name, type: athenaType(result, index) })),
      batches: async function* () {
        try {
          for await (const batch of batchesOf(result)) {
            rows += batch.length;
            ended = input.now();
            yield batch;
          }
        } catch (error) {
          request.signal?.throwIfAborted();
          throw queryFailure(request.sql, error);
        } finally {
          watch.release();
          connection.closeSync();
        }
      },
      stats: () => stats({ started, planned, ended, rows, views }),
    };
  } catch (error) {
    watch.release();
    connection.closeSync();
    request.signal?.throwIfAborted();
    throw queryFailure(request.sql, error);
  }
}

async function* batchesOf(result: DuckDBResult): AsyncGenerator<ReturnType<typeof rowsOfChunk>> {
  const typeIds = Array.from({ length: result.columnCount }, (_, index) => result.columnTypeId(index));
  let batch: ReturnType<typeof rowsOfChunk> = [];
  for (let chunks = 1; ; chunks++) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    batch = batch.length === 0 ? rowsOfChunk(chunk, typeIds) : batch.concat(rowsOfChunk(chunk, typeIds));
    if (chunks % CHUNKS_PER_BATCH !== 0) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function writeParquet(
  request: QueryRequest,
  target: { path: string; connection: DuckDBConnection; input: LocalWarehouseInput },
): Promise<QueryStats> {
  const { connection, input } = target;
  const started = input.now();
  const watch = interruptOn(request.signal, connection);
  try {
    const views = await showTables(connection, { ...request, catalog: input.catalog });
    const planned = input.now();
    const statement = request.sql.trim().replace(/;+$/, '');
    const copied = await connection.run(
      `COPY (${statement}\n) TO ${literal(target.path)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    return stats({ started, planned, ended: input.now(), rows: copied.rowsChanged, views });
  } catch (error) {
    request.signal?.throwIfAborted();
    throw queryFailure(request.sql, error);
  } finally {
    watch.release();
    connection.closeSync();
  }
}

function interruptOn(signal: AbortSignal | undefined, connection: DuckDBConnection): { release: () => void } {
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  return { release: () => signal?.removeEventListener('abort', interrupt) };
}

/** DuckDB's type in Athena's word. */
function athenaType(result: DuckDBResult, index: number): string {
  return result
    .columnType(index)
    .toString()
    .toLowerCase()
    .replace(/^hugeint$/, 'decimal(38,0)')
    .replace(/^float$/, 'real')
    .replace(/^timestamp$/, 'timestamp(6)')
    .replace(/^blob$/, 'varbinary');
}

function stats(run: {
  started: number;
  planned: number;
  ended: number;
  rows: number;
  views: readonly LakeView[];
}): QueryStats {
  const bytes = run.views.flatMap((view) =>
    view.partitions.map((partition) => Number(partition.parameters['dp.bytes'] ?? 0)),
  );
  return {
    queryId: randomUUID(),
    queuedMs: 0,
    planningMs: run.planned - run.started,
    executionMs: run.ended - run.planned,
    scannedBytes: bytes.reduce((sum, size) => sum + size, 0),
    rows: run.rows,
    reused: false,
    fetchPath: 'duckdb',
  };
}
