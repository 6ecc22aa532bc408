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

const CONNECTIONS_MAX = 16;

/** The shop's store over a pool to the local server. Connections are made when they are first needed. */
export async function openLocalShopStore(
  access: DatabaseAccess,
  options: {
    readonly connectionsMax?: number;
    readonly limits?: PoolLimits;
    /** Reads the password anew; asked when the server refuses the one that is known. */
    readonly currentPassword?: () => Promise<string>;
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
    store: openSqlStore(openPooledSql(withFreshPassword(pool, options.currentPassword), options.limits)),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

const ACCESS_DENIED = 1045;

/** A pool that outlives a rotation: new connections that are refused are made again with the current password. */
function withFreshPassword(pool: Pool, currentPassword: (() => Promise<string>) | undefined): DriverPool {
  if (currentPassword === undefined) return pool;
  // What the pool gives each new connection. The driver has no other way to change it.
  const { connectionConfig } = (
    pool.pool as unknown as { config: { connectionConfig: { password: string } } }
  ).config;
  async function getConnection(): Promise<DriverConnection> {
    const known = connectionConfig.password;
    try {
      return await pool.getConnection();
    } catch (error) {
      if ((error as { errno?: number }).errno !== ACCESS_DENIED || currentPassword === undefined) throw error;
      const fresh = await currentPassword();
      if (fresh === known && connectionConfig.password === known) throw error;
      connectionConfig.password = fresh;
      return await pool.getConnection();
    }
  }
  return { getConnection, end: () => pool.end() };
}
