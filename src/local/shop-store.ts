import type { DatabaseAccess } from '../platform/database.ts';
import { DRIVER_OPTIONS, openPooledSql, type PoolLimits } from '../shop/pooled-sql.ts';
import { openSqlStore } from '../shop/sql-store.ts';
import type { ShopStore } from '../shop/store.ts';

export interface LocalShopStore extends AsyncDisposable {
  readonly store: ShopStore;
}

const CONNECTIONS_MAX = 16;

/** The shop's store over a pool to the local server. Connections are made when they are first needed. */
export async function openLocalShopStore(
  access: DatabaseAccess,
  options: { readonly connectionsMax?: number; readonly limits?: PoolLimits } = {},
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
    store: openSqlStore(openPooledSql(pool, options.limits)),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}
