import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, type TestContext } from 'node:test';
import { openLocalDatabase, SHOP_DATABASE } from '../../src/local/database.ts';
import { ensureDatabaseUsers } from '../../src/local/database-users.ts';
import { findMysqlBinaries } from '../../src/local/mysql-binaries.ts';
import { ensureServer, stopServer } from '../../src/local/mysql-server.ts';
import { type LocalPaths, localPaths } from '../../src/local/paths.ts';
import type { Database } from '../../src/platform/database.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const TEST_POOL_MEGABYTES = 64;

export interface ShopServer {
  /** A temporary folder that plays the checkout; `.dp/local` below it is the environment. */
  readonly projectRoot: string;
  readonly paths: LocalPaths;
  /** Logins `admin`, `shop_api` and `etl_reader` exist; the database `stg_core` is empty. */
  readonly database: Database;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  stop(): Promise<void>;
}

/** A running private server with an empty `stg_core`, gone when the test ends. */
export async function startShopServer(t: Pick<TestContext, 'after'>): Promise<ShopServer> {
  const server = await openShopServer();
  t.after(() => server.stop());
  return server;
}

/** One server for all tests of a file: call it at the top of the file, and the result in every test. */
export function sharedShopServer(): () => Promise<ShopServer> {
  let opened: Promise<ShopServer> | undefined;
  after(async () => {
    await (await opened)?.stop();
  });
  return () => {
    opened ??= openShopServer();
    return opened;
  };
}

/** The same for scripts and benches, which stop it themselves. */
export async function openShopServer(bufferPoolMegabytes = TEST_POOL_MEGABYTES): Promise<ShopServer> {
  const projectRoot = await mkdtemp(join(tmpdir(), 'dp-shop-'));
  const paths = localPaths(projectRoot);
  const stop = async () => {
    await stopServer(paths);
    await rm(projectRoot, { recursive: true, force: true });
  };
  try {
    const environmentVariables = await serverEnvironmentVariables();
    const input = { paths, environmentVariables, bufferPoolMegabytes };
    await ensureServer({ ...input, databaseName: SHOP_DATABASE });
    const database = openLocalDatabase(input);
    await using admin = await database.connect('admin');
    await ensureDatabaseUsers({ secrets: paths.secrets, databaseName: SHOP_DATABASE }, { admin });
    return { projectRoot, paths, database, environmentVariables, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** This process' variables with DP_MYSQLD set: the machine's server, or the one in the repository's cache. */
export async function serverEnvironmentVariables(): Promise<Record<string, string | undefined>> {
  const { cache } = localPaths(REPOSITORY);
  const { mysqld } = await findMysqlBinaries({ environmentVariables: process.env, cache });
  return { ...process.env, DP_MYSQLD: mysqld };
}
