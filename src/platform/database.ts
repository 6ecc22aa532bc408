/** The shop's MySQL: Aurora behind its proxy, or the private server of the local environment. */

/** `admin` migrates and creates users; `shop_api` reads and writes the shop; `etl_reader` only reads. */
export type DatabaseUser = 'admin' | 'shop_api' | 'etl_reader';

/** All a MySQL client needs to log in. Holds a password: never print or log it. */
export interface DatabaseAccess {
  readonly host: string;
  readonly port: number;
  /** A Unix socket to prefer over host and port, where there is one. */
  readonly socketPath?: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** PEM of the authority that signed the server's certificate, and the name it was signed for. */
  readonly tls?: { readonly ca: string; readonly caPath?: string; readonly serverName: string };
}

export interface DatabaseState {
  readonly state: 'running' | 'stopped' | 'absent' | 'unreachable';
  readonly host?: string;
  readonly port?: number;
  /** What the server says of itself: `10.11.19-MariaDB`. */
  readonly version?: string;
  readonly database: string;
  /** On AWS: the name of its cluster. */
  readonly cluster?: string;
}

export interface SqlRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** For statements that change rows. */
  readonly affectedRows?: number;
}

/** One logged-in session. Values come as the server's own text; null is NULL. */
export interface SqlSession extends AsyncDisposable {
  query(sql: string, parameters?: readonly (string | number | null)[]): Promise<SqlRows>;
  /**
   * Adds rows from text as LOAD DATA reads it by default: tabs between values, a newline after each row, `\\N` for
   * NULL, backslash escapes. One statement, however many chunks; what the iteration throws ends it and is thrown
   * again. A row that does not fit is an error. Missing where the driver has no such way.
   */
  loadText?(rows: { table: string; columns: readonly string[]; chunks: Iterable<string> }): Promise<void>;
}

/** What a driver's error is called in an environment. `cause` keeps the driver's own, with its `errno`. */
export interface SessionFailures {
  loginRefused(of: { user: string; words: string; cause: unknown }): Error;
  tooManyConnections(of: { cause: unknown }): Error;
  diskFull(of: { cause: unknown }): Error;
  databaseLost(of: { words: string; cause: unknown }): Error;
}

export interface ClientRequest {
  readonly user: DatabaseUser;
  /** Called once it is known that there is a client, just before it takes over the terminal. */
  readonly starting: () => void;
}

export interface Database {
  /** Looks, and changes nothing: a stopped server stays stopped. */
  describe(): Promise<DatabaseState>;
  /** How to reach it as `user`, starting a stopped local server first. */
  access(user: DatabaseUser): Promise<DatabaseAccess>;
  /** Logs in, starting a stopped local server first. */
  connect(user: DatabaseUser): Promise<SqlSession>;
  /**
   * Runs the machine's own `mariadb` or `mysql` client on this terminal until it ends, and gives its exit code;
   * undefined when the machine has none.
   */
  runClient(request: ClientRequest): Promise<number | undefined>;
  /** The schema that holds the shop: `stg_core`. */
  readonly name: string;
  /** The file in which a shell keeps what was typed. */
  readonly historyPath: string;
}
