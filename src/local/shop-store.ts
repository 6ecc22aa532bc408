import type { Pool } from 'mysql2/promise';
import type { DatabaseAccess } from '../platform/database.ts';
import {
  DRIVER_OPTIONS,
  type DriverConnection,
  type DriverPool,
  openPooledSql,
  type PoolLimits,
} from '../shop/pooled-sql.ts';
import { openSqlStore } from '../shop/sql-store.ts';
import type { ShopStore } from '../shop/store.ts';

export interface LocalShopStore extends AsyncDisposable {
  readonly store: ShopStore;
}

/** Of `shop_api`, or of who takes turns with him. */
type ShopLogin = Pick<DatabaseAccess, 'user' | 'password'>;

const CONNECTIONS_MAX = 16;

/** The shop's store over a pool to the local server. Connections are made when they are first needed. */
export async function openLocalShopStore(
  access: DatabaseAccess,
  options: {
    readonly connectionsMax?: number;
    readonly limits?: PoolLimits;
    /** Reads the login anew; asked when the server refuses the one that is known. */
    readonly currentLogin?: () => Promise<ShopLogin>;
  } = {},
): Promise<LocalShopStore> {
  const { createPool } = await import('mysql2/promise');
  const pool = createPool({
    ...DRIVER_OPTIONS,
    ...(access.socketPath === undefined
      ? { host: access.host, port: access.port }
      : { socketPath: access.socketPath }),
    ...(access.tls === undefined || access.socketPath !== undefined
      ? {}
      : { ssl: { ca: access.tls.ca, minVersion: 'TLSv1.2', verifyIdentity: true } }),
    user: access.user,
    password: access.password,
    database: access.database,
    connectionLimit: options.connectionsMax ?? CONNECTIONS_MAX,
  });
  return {
    store: openSqlStore(openPooledSql(withFreshLogin(pool, options.currentLogin), options.limits)),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

const ACCESS_DENIED = 1045;

/** A pool that outlives a rotation: new connections that are refused are made again with the current login. */
function withFreshLogin(pool: Pool, currentLogin: (() => Promise<ShopLogin>) | undefined): DriverPool {
  if (currentLogin === undefined) return pool;
  // What the pool gives each new connection. The driver has no other way to change it.
  const { connectionConfig } = (pool.pool as unknown as { config: { connectionConfig: ShopLogin } }).config;
  async function getConnection(): Promise<DriverConnection> {
    const known = connectionConfig.password;
    try {
      return await pool.getConnection();
    } catch (error) {
      if ((error as { errno?: number }).errno !== ACCESS_DENIED || currentLogin === undefined) throw error;
      const { user, password } = await currentLogin();
      if (password === known && connectionConfig.password === known) throw error;
      Object.assign(connectionConfig, { user, password });
      return await pool.getConnection();
    }
  }
  return { getConnection, end: () => pool.end() };
}
