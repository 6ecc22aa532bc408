import { backoffMs } from '../std/backoff.ts';
import { pause } from '../std/deadline.ts';
import { storeUnavailable } from './problems.ts';
import { DEADLOCK, isServerAway, LOCK_WAIT_TIMEOUT, sqlErrorNumber } from './sql-errors.ts';

export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, unknown>>;
export interface SqlChange {
  readonly affectedRows: number;
  readonly insertId: number;
}

/** The part of mysql2's promise pool that the shop uses. Values are text and numbers only, never objects. */
export interface DriverPool {
  getConnection(): Promise<DriverConnection>;
  end(): Promise<void>;
}

export interface DriverConnection {
  /** The connection itself, the same object each time the pool gives it out. */
  readonly connection: object;
  query(options: { sql: string; values?: unknown[]; timeout: number }): Promise<[unknown, unknown]>;
  release(): void;
  destroy(): void;
}

/** What the shop needs of mysql2 wherever its pool leads: exact text for times and large numbers, one statement at once. */
export const DRIVER_OPTIONS = {
  charset: 'utf8mb4_unicode_520_ci',
  dateStrings: true,
  supportBigNumbers: true,
  multipleStatements: false,
  // A stack captured for every statement costs more than the statement's own handling.
  trace: false,
} as const;

export interface PoolLimits {
  /** Until a connection is free or made. */
  readonly acquireMs: number;
  /** Until the server has answered one statement. */
  readonly statementMs: number;
  /** A connection that rested longer is asked for a sign of life first: a frozen function cannot notice its end. */
  readonly restMs: number;
}

export const DEFAULT_POOL_LIMITS: PoolLimits = { acquireMs: 5_000, statementMs: 8_000, restMs: 20_000 };
const SIGN_OF_LIFE_MS = 1_000;

/** How often a transaction that lost a deadlock runs in all, and the pauses between. */
const ATTEMPTS_MAX = 5;
const RETRY_PAUSE = { firstMs: 5, mostMs: 100, factor: 2 };

/** One connection inside a transaction, or for one statement. */
export interface SqlRunner {
  rows(sql: string, values?: readonly SqlValue[]): Promise<SqlRow[]>;
  change(sql: string, values?: readonly SqlValue[]): Promise<SqlChange>;
}

export interface PooledSql extends SqlRunner {
  transact<T>(work: (runner: SqlRunner) => Promise<T>): Promise<T>;
}

/**
 * Statements over a pool, with the manners of a server: time limits, a retry for a lost deadlock, and 503 when the
 * database is away. Statements go over the text protocol, since prepared ones pin a session behind RDS Proxy.
 */
export function openPooledSql(pool: DriverPool, limits: PoolLimits = DEFAULT_POOL_LIMITS): PooledSql {
  const acquire = createAcquire(pool, limits);
  async function once<T>(work: (connection: DriverConnection) => Promise<T>): Promise<T> {
    const connection = await acquire.take();
    try {
      const result = await work(connection);
      acquire.giveBack(connection);
      return result;
    } catch (error) {
      if (await rollBack(connection, error, limits)) acquire.giveBack(connection);
      throw error;
    }
  }
  const single = <T>(work: (runner: SqlRunner) => Promise<T>): Promise<T> =>
    mapAway(() => once((connection) => work(runnerOn(connection, limits))));

  return {
    rows: (sql, values) => single((runner) => runner.rows(sql, values)),
    change: (sql, values) => single((runner) => runner.change(sql, values)),
    transact: (work) =>
      mapAway(() => retryLostLocks(() => once((connection) => transact(connection, work, limits)))),
  };
}

async function transact<T>(
  connection: DriverConnection,
  work: (runner: SqlRunner) => Promise<T>,
  limits: PoolLimits,
): Promise<T> {
  const runner = runnerOn(connection, limits);
  await runner.change('START TRANSACTION');
  const result = await work(runner);
  await runner.change('COMMIT');
  return result;
}

function runnerOn(connection: DriverConnection, limits: PoolLimits): SqlRunner {
  const run = async (sql: string, values: readonly SqlValue[] = []): Promise<unknown> => {
    const [result] = await connection.query({ sql, values: [...values], timeout: limits.statementMs });
    return result;
  };
  return {
    rows: async (sql, values) => (await run(sql, values)) as SqlRow[],
    change: async (sql, values) => (await run(sql, values)) as SqlChange,
  };
}

interface Acquire {
  take(): Promise<DriverConnection>;
  giveBack(connection: DriverConnection): void;
}

function createAcquire(pool: DriverPool, limits: PoolLimits): Acquire {
  const lastUsed = new WeakMap<object, number>();

  async function isAlive(connection: DriverConnection): Promise<boolean> {
    const rested = Date.now() - (lastUsed.get(connection.connection) ?? Date.now());
    if (rested < limits.restMs) return true;
    try {
      await connection.query({ sql: 'SELECT 1', timeout: SIGN_OF_LIFE_MS });
      return true;
    } catch {
      connection.destroy();
      return false;
    }
  }

  return {
    async take() {
      for (;;) {
        const connection = await takeInTime(pool, limits.acquireMs);
        if (await isAlive(connection)) return connection;
      }
    },
    giveBack(connection) {
      lastUsed.set(connection.connection, Date.now());
      connection.release();
    },
  };
}

/** A connection that comes too late goes back to the pool by itself. */
async function takeInTime(pool: DriverPool, timeoutMs: number): Promise<DriverConnection> {
  const pending = pool.getConnection();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  const connection = await Promise.race([pending, late]).finally(() => clearTimeout(timer));
  if (connection !== undefined) return connection;
  pending.then(
    (found) => found.release(),
    () => undefined,
  );
  throw storeUnavailable(new Error(`no connection was free within ${timeoutMs} ms`));
}

/** False when the connection could not be brought back to a clean state and was thrown away. */
async function rollBack(connection: DriverConnection, error: unknown, limits: PoolLimits): Promise<boolean> {
  if (!isServerAway(error)) {
    try {
      await connection.query({ sql: 'ROLLBACK', timeout: limits.statementMs });
      return true;
    } catch {
      // Falls through: what cannot roll back is of no use.
    }
  }
  connection.destroy();
  return false;
}

async function retryLostLocks<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const number = sqlErrorNumber(error);
      if (number !== DEADLOCK && number !== LOCK_WAIT_TIMEOUT) throw error;
      if (attempt + 1 === ATTEMPTS_MAX || number === LOCK_WAIT_TIMEOUT) throw storeUnavailable(error);
      await pause(backoffMs(attempt, RETRY_PAUSE, Math.random()));
    }
  }
}

async function mapAway<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isServerAway(error) ? storeUnavailable(error) : error;
  }
}
