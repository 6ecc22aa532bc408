import { randomUUID } from 'node:crypto';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Catalog } from '../platform/catalog.ts';
import type { QueryRequest, QueryResult, QueryStats, Warehouse } from '../platform/warehouse.ts';
import { connectDuckDB, literal, openDuckDB } from './duckdb.ts';
import { openRows } from './duckdb-rows.ts';

import { type LakeView, showTables } from './lake-views.ts';
import { queryFailure } from './query-failure.ts';

/** What a query may use of this machine's memory, in MiB; the rest spills to disk. */
const QUERY_MEMORY_MIB = 1024;

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
  const release = (): void => {
    watch.release();
    connection.closeSync();
  };
  try {
    const views = await showTables(connection, { ...request, catalog: input.catalog });
    const planned = input.now();
    const opened = await openRows(connection, bareStatement(request.sql), request.signal);
    let rows = 0;
    let ended = input.now();
    return {
      columns: opened.columns,
      batches: async function* () {
        try {
          for await (const batch of opened.batches()) {
            rows += batch.length;
            ended = input.now();
            yield batch;
          }
        } catch (error) {
          request.signal?.throwIfAborted();
          throw queryFailure(request.sql, error);
        } finally {
          release();
        }
      },
      stats: () => stats({ started, planned, ended, rows, views }),
    };
  } catch (error) {
    release();
    request.signal?.throwIfAborted();
    throw queryFailure(request.sql, error);
  }
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
    const copied = await connection.run(
      `COPY (${bareStatement(request.sql)}\n) TO ${literal(target.path)} (FORMAT parquet, COMPRESSION zstd)`,
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

/** The statement without the semicolon that ends it, so that it can stand inside another. */
function bareStatement(sql: string): string {
  return sql.trim().replace(/[;\s]+$/, '');
}

function interruptOn(signal: AbortSignal | undefined, connection: DuckDBConnection): { release: () => void } {
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  return { release: () => signal?.removeEventListener('abort', interrupt) };
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
