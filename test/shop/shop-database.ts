import { openSqlSession } from '../../src/local/sql-session.ts';
import type { SqlSession } from '../../src/platform/database.ts';
import { migrate } from '../../src/shop/migrate.ts';
import { readMigrations } from '../../src/shop/read-migrations.ts';
import type { ShopServer } from '../support/shop-server.ts';

export const migrationsDirectory = new URL('../../src/shop/migrations/', import.meta.url).pathname;

/** A session of the administrator in a database of that name, made empty when it is missing. */
export async function openDatabase(server: ShopServer, name: string): Promise<SqlSession> {
  const access = await server.database.access('admin');
  {
    await using admin = await openSqlSession(access);
    await admin.query(`CREATE DATABASE IF NOT EXISTS ${name} CHARACTER SET utf8mb4`);
  }
  const session = await openSqlSession({ ...access, database: name });
  await session.query("SET sql_mode = 'STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_DATE'");
  return session;
}

/** The same, with the shop's tables. */
export async function openShop(server: ShopServer, name: string): Promise<SqlSession> {
  const session = await openDatabase(server, name);
  await migrate(session, await readMigrations(migrationsDirectory));
  return session;
}
