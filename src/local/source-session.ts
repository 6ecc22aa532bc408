import { type ConnectionOptions, createConnection } from 'mysql2';
import { SOURCE_SESSION, START_SNAPSHOT } from '../etl/source-sql.ts';
import type { DatabaseAccess } from '../platform/database.ts';
import { connectionOptions } from './sql-session.ts';

/** One connection that sees one state of the database from its first statement to its last. */
export interface SourceSession extends AsyncDisposable {
  /** Rows of texts; NULL is null. For small results. */
  query(sql: string): Promise<(string | null)[][]>;
  /** Gives each row's one value as bytes, as the server sent it. The bytes are only good during the call. */
  stream(sql: string, take: (line: Buffer) => void): Promise<void>;
}

/** The server gives up on a reader that takes nothing for this long; DuckDB may keep the machine busy meanwhile. */
const NET_WRITE_TIMEOUT_SECONDS = 600;

type Connection = ReturnType<typeof createConnection>;

/** Logs in and takes the snapshot. Aborting ends the connection, and with it what it waits for. */
export async function openSourceSession(
  access: DatabaseAccess,
  signal?: AbortSignal,
): Promise<SourceSession> {
  signal?.throwIfAborted();
  const connection = connect(access);
  // Errors reach the statement that waits; without a listener a lost idle connection would end the process.
  connection.on('error', () => {});
  const end = (): void => connection.destroy();
  signal?.addEventListener('abort', end);
  const session: SourceSession = {
    query: (sql) => guarded(signal, queryRows(connection, sql)),
    stream: (sql, take) => guarded(signal, streamRows(connection, { sql, take })),
    async [Symbol.asyncDispose]() {
      signal?.removeEventListener('abort', end);
      connection.destroy();
    },
  };
  try {
    for (const sql of [...SOURCE_SESSION, `SET SESSION net_write_timeout = ${NET_WRITE_TIMEOUT_SECONDS}`]) {
      await session.query(sql);
    }
    await session.query(START_SNAPSHOT);
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
  return session;
}

function connect(access: DatabaseAccess): Connection {
  // `typeCast: false` gives the server's own bytes: no number, date or decimal is ever parsed on the way.
  return createConnection({ ...connectionOptions(access), typeCast: false } as ConnectionOptions);
}

async function guarded<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

function queryRows(connection: Connection, sql: string): Promise<(string | null)[][]> {
  return new Promise((resolve, reject) => {
    connection.query(sql, (error, result) => {
      if (error !== null) return reject(error);
      const rows = Array.isArray(result) ? (result as unknown as (Buffer | null)[][]) : [];
      resolve(rows.map((row) => row.map((value) => value?.toString('utf8') ?? null)));
    });
  });
}

function streamRows(
  connection: Connection,
  { sql, take }: { readonly sql: string; readonly take: (line: Buffer) => void },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const query = connection.query(sql);
    query.on('result', (row: unknown) => {
      try {
        const line = (row as (Buffer | null)[])[0];
        // Every field is made non-NULL: the server gives NULL only where the joined text is too long for it.
        if (line === null || line === undefined)
          throw new Error("a row is longer than the server's max_allowed_packet");
        take(line);
      } catch (error) {
        // Whoever takes the lines cannot go on (a full disk): the rest need not be sent.
        connection.destroy();
        reject(error);
      }
    });
    query.on('error', reject);
    query.on('end', () => resolve());
    connection.once('end', () => reject(new Error('the server closed the connection')));
    connection.once('error', reject);
  });
}
