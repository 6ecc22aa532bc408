import type { Connection, ConnectionOptions, FieldPacket, ResultSetHeader } from 'mysql2/promise';
import type { DatabaseAccess, SessionFailures, SqlRows, SqlSession } from '../platform/database.ts';
import { messageOf } from '../std/failure.ts';
import { databaseLost, diskFull, loginRefused, statementRejected, tooManyConnections } from './errors.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** MySQL's number for the `binary` character set: bytes, not text. */
const BINARY_CHARSET = 63;
const UNSIGNED_FLAG = 32;
const ACCESS_DENIED = new Set([1044, 1045, 1698, 3159]);
const TOO_MANY_CONNECTIONS = 1040;
/** Disk full, table full, error writing a file. */
const DISK_FULL = new Set([1021, 1026, 1114]);

/** MySQL's column types by their number in the protocol. */
const TYPE_NAMES: Readonly<Record<number, string>> = {
  0: 'decimal',
  1: 'tinyint',
  2: 'smallint',
  3: 'int',
  4: 'float',
  5: 'double',
  6: 'null',
  7: 'timestamp',
  8: 'bigint',
  9: 'mediumint',
  10: 'date',
  11: 'time',
  12: 'datetime',
  13: 'year',
  15: 'varchar',
  16: 'bit',
  245: 'json',
  246: 'decimal',
  247: 'enum',
  248: 'set',
  252: 'text',
  253: 'varchar',
  254: 'char',
  255: 'geometry',
};
const BINARY_NAMES: Readonly<Record<string, string>> = {
  text: 'blob',
  varchar: 'varbinary',
  char: 'binary',
};
const BYTES_TYPES = new Set(['bit', 'geometry']);

/** What a mysql2 connection needs so that every value arrives as the text the server sent. */
export function connectionOptions(access: DatabaseAccess): ConnectionOptions {
  return {
    ...addressOf(access),
    user: access.user,
    password: access.password,
    database: access.database,
    charset: 'utf8mb4_unicode_520_ci',
    timezone: 'Z',
    connectTimeout: CONNECT_TIMEOUT_MS,
    rowsAsArray: true,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    jsonStrings: true,
    multipleStatements: false,
    // The driver's own wishes would change what SQL means: spaces before brackets, and rows an UPDATE counts.
    flags: ['-IGNORE_SPACE', '-FOUND_ROWS'],
  };
}

/** How errors are told when nobody says otherwise. */
const LOCAL_FAILURES: SessionFailures = { loginRefused, tooManyConnections, diskFull, databaseLost };

/** Whose session it is, and how its errors are told. */
interface Telling {
  readonly user: string;
  readonly failures: SessionFailures;
}

/** Logs in over the socket where there is one, else over TLS with the name in the certificate checked. */
export async function openSqlSession(
  access: DatabaseAccess,
  failures: SessionFailures = LOCAL_FAILURES,
): Promise<SqlSession> {
  const telling = { user: access.user, failures };
  const { createConnection } = await import('mysql2/promise');
  let connection: Connection;
  try {
    connection = await createConnection(connectionOptions(access));
  } catch (error) {
    throw failureOf(error, telling);
  }
  // Without a listener a connection lost between two statements would end the process.
  connection.on('error', () => undefined);
  return {
    query: (sql, parameters) => runStatement(connection, { sql, parameters, ...telling }),
    loadText: (rows) => loadText(connection, { ...rows, ...telling }),
    async [Symbol.asyncDispose]() {
      await connection.end().catch(() => connection.destroy());
    },
  };
}

function addressOf(access: DatabaseAccess): ConnectionOptions {
  if (access.socketPath !== undefined) return { socketPath: access.socketPath };
  const address = { host: access.host, port: access.port };
  if (access.tls === undefined) return address;
  // The certificate names `localhost`, not the address: connect by that name, checked.
  const ssl = { ca: access.tls.ca, minVersion: 'TLSv1.2', rejectUnauthorized: true, verifyIdentity: true };
  return { ...address, ssl };
}

async function runStatement(
  connection: Connection,
  input: Telling & {
    readonly sql: string;
    readonly parameters: readonly (string | number | null)[] | undefined;
  },
): Promise<SqlRows> {
  try {
    // `typeCast: false` gives every value as the bytes the server sent.
    const [rows, fields] = await connection.query(
      { sql: input.sql, rowsAsArray: true, typeCast: false },
      input.parameters === undefined ? undefined : [...input.parameters],
    );
    if (!Array.isArray(rows)) {
      return { columns: [], rows: [], affectedRows: (rows as ResultSetHeader).affectedRows };
    }
    const columns = fields.map(columnOf);
    return {
      columns: columns.map(({ name, type }) => ({ name, type })),
      rows: (rows as unknown as (Buffer | null)[][]).map((row) =>
        row.map((value, at) => textOf(value, columns[at]?.isBytes === true)),
      ),
    };
  } catch (error) {
    throw failureOf(error, input);
  }
}

/** The file's name is never opened: the driver sends the chunks in its place, and nothing else. */
async function loadText(
  connection: Connection,
  input: Telling & {
    readonly table: string;
    readonly columns: readonly string[];
    readonly chunks: Iterable<string>;
  },
): Promise<void> {
  const { Readable } = await import('node:stream');
  const { table, columns } = input;
  const source = Readable.from(encodeChunks(input.chunks));
  let sourceError: unknown;
  source.once('error', (error) => {
    sourceError = error;
  });
  try {
    const [result] = await connection.query<ResultSetHeader>({
      sql: `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${table} CHARACTER SET utf8mb4 (${columns.join(',')})`,
      infileStreamFactory: () => source,
    });
    // LOCAL turns duplicates and values that do not fit into warnings: here they are errors, as everywhere else.
    if (result.warningStatus > 0) await throwFirstWarning(connection);
  } catch (error) {
    if (sourceError !== undefined) throw sourceError;
    throw failureOf(error, input);
  } finally {
    source.destroy();
  }
}

function* encodeChunks(chunks: Iterable<string>): Generator<Buffer, void, undefined> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

async function throwFirstWarning(connection: Connection): Promise<void> {
  const [rows] = await connection.query({ sql: 'SHOW WARNINGS LIMIT 1', rowsAsArray: true });
  const [, number, message] = (rows as unknown as (string | number)[][])[0] ?? [];
  throw Object.assign(new Error(String(message)), { errno: Number(number), sqlMessage: String(message) });
}

/** Text stays text; bytes become `0x…`, since they have no text. */
function textOf(value: Buffer | null, isBytes: boolean): string | null {
  if (value === null) return null;
  return isBytes ? `0x${value.toString('hex')}` : value.toString('utf8');
}

function columnOf(field: FieldPacket): { name: string; type: string; isBytes: boolean } {
  const { columnType, characterSet, flags } = field as unknown as {
    columnType: number;
    characterSet: number;
    flags: number;
  };
  const { name } = field;
  const type = TYPE_NAMES[columnType] ?? `type-${columnType}`;
  const isBinary = characterSet === BINARY_CHARSET;
  const binaryType = isBinary ? BINARY_NAMES[type] : undefined;
  if (binaryType !== undefined) return { name, type: binaryType, isBytes: true };
  const isUnsigned = (flags & UNSIGNED_FLAG) !== 0 && /int$/.test(type);
  return { name, type: isUnsigned ? `${type} unsigned` : type, isBytes: BYTES_TYPES.has(type) };
}

/** The driver's error in an operator's words. `cause` keeps the driver's own, with its `errno`. */
function failureOf(error: unknown, { user, failures }: Telling): Error {
  const { errno, sqlState, sqlMessage } = error as {
    errno?: number;
    sqlState?: string;
    sqlMessage?: string;
  };
  if (sqlMessage === undefined || errno === undefined) {
    return failures.databaseLost({ words: messageOf(error), cause: error });
  }
  if (ACCESS_DENIED.has(errno)) return failures.loginRefused({ user, words: sqlMessage, cause: error });
  if (errno === TOO_MANY_CONNECTIONS) return failures.tooManyConnections({ cause: error });
  if (DISK_FULL.has(errno)) return failures.diskFull({ cause: error });
  return statementRejected({ words: sqlMessage, errno, sqlState: sqlState ?? 'HY000', cause: error });
}
