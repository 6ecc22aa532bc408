import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { applyDialect, registerDialect } from './dialect-connection.ts';
import { openDuckDB } from './duckdb.ts';

/** What a query may use of this machine's memory, in MiB; the rest spills to disk. */
const QUERY_MEMORY_MIB = 1024;

export interface DialectEngine extends AsyncDisposable {
  /** A connection that runs planned SQL. Whoever asked closes it. */
  connect(): Promise<DuckDBConnection>;
}

/** A DuckDB of this process, opened with the first connection and taught the dialect once. */
export function openDialectEngine({ spillFolder }: { readonly spillFolder: string }): DialectEngine {
  let instance: Promise<DuckDBInstance> | undefined;
  const open = async (): Promise<DuckDBInstance> => {
    const opened = await openDuckDB({ memoryMiB: QUERY_MEMORY_MIB, spillFolder });
    const first = await opened.connect();
    registerDialect(first);
    first.closeSync();
    return opened;
  };
  return {
    async connect() {
      instance ??= open();
      const connection = await (await instance).connect();
      await applyDialect(connection);
      return connection;
    },
    [Symbol.asyncDispose]: async () => (await instance)?.closeSync(),
  };
}
