import { mkdirSync } from 'node:fs';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

export interface DuckDBLimits {
  /** Most memory DuckDB's buffers may use, in MiB; beyond it it spills to `spillFolder`. */
  readonly memoryMiB: number;
  readonly threads?: number;
  /** Made when it is missing; DuckDB removes its files when it closes. */
  readonly spillFolder: string;
}

/** An in-memory DuckDB that never reaches for the network, speaks UTC and stays within its limits. */
export async function openDuckDB(limits: DuckDBLimits): Promise<DuckDBInstance> {
  mkdirSync(limits.spillFolder, { recursive: true });
  return DuckDBInstance.create(':memory:', {
    memory_limit: `${limits.memoryMiB}MiB`,
    temp_directory: limits.spillFolder,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...(limits.threads === undefined ? {} : { threads: String(limits.threads) }),
  });
}

/** A connection on which a timestamp means UTC. */
export async function connectDuckDB(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
}

/** Text as an SQL literal. For DuckDB only, where a backslash is a plain character. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as a quoted SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
