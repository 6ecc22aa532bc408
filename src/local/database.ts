import { readFile } from 'node:fs/promises';
import type { Database, DatabaseAccess, DatabaseState, DatabaseUser } from '../platform/database.ts';
import { notDeployed } from './errors.ts';
import { findMysqlClient } from './mysql-binaries.ts';
import { certificatePaths, SERVER_NAME } from './mysql-certificates.ts';
import { runMysqlClient } from './mysql-client.ts';
import {
  findRunningServer,
  hasServer,
  hasServerProcess,
  type RunningServer,
  SERVER_HOST,
  startServer,
} from './mysql-server.ts';
import type { LocalPaths } from './paths.ts';
import { findSecret } from './secrets-file.ts';
import { openSqlSession } from './sql-session.ts';

export const SHOP_DATABASE = 'stg_core';

export interface LocalDatabaseInput {
  readonly paths: LocalPaths;
  /** Where DP_MYSQLD, PATH and the like are read when a stopped server must be started. */
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  /** @default stg_core */
  readonly databaseName?: string;
  readonly bufferPoolMegabytes?: number;
  readonly notify?: (message: string) => void;
}

/** The shop's database in the local environment: a private MariaDB that is started when it is needed. */
export function openLocalDatabase(input: LocalDatabaseInput): Database {
  const { paths, databaseName = SHOP_DATABASE } = input;
  const access = async (user: DatabaseUser): Promise<DatabaseAccess> => {
    const server = await startServer({ ...input, databaseName });
    return accessTo({ paths, server, user, databaseName });
  };
  return {
    describe: () => describe(paths, databaseName),
    access,
    connect: async (user) => openSqlSession(await access(user)),
    name: databaseName,
    historyPath: paths.history,
    runClient: async ({ user, starting }) => {
      const { environmentVariables } = input;
      const client = await findMysqlClient({ environmentVariables, cache: paths.cache });
      if (client === undefined) return undefined;
      const logIn = await access(user);
      starting();
      return runMysqlClient({
        access: logIn,
        client,
        environmentVariables,
        historyPath: paths.history,
        privateFolder: paths.work,
      });
    },
  };
}

/** How `user` logs in to a server that runs. */
export async function accessTo(input: {
  readonly paths: LocalPaths;
  readonly server: RunningServer;
  readonly user: DatabaseUser;
  readonly databaseName: string;
}): Promise<DatabaseAccess> {
  const { paths, server } = input;
  const secret = await findSecret(paths.secrets, input.user);
  if (secret === undefined) throw notDeployed({ root: paths.root, what: `the login of ${input.user}` });
  const caPath = certificatePaths(paths.server.certificates).authority;
  return {
    host: SERVER_HOST,
    port: server.port,
    ...(server.socketPath === undefined ? {} : { socketPath: server.socketPath }),
    user: secret.username,
    password: secret.password,
    database: input.databaseName,
    tls: { ca: await readFile(caPath, 'utf8'), caPath, serverName: SERVER_NAME },
  };
}

async function describe(paths: LocalPaths, database: string): Promise<DatabaseState> {
  const server = await findRunningServer(paths);
  if (server !== undefined) {
    return { state: 'running', host: SERVER_HOST, port: server.port, version: server.version, database };
  }
  if (await hasServerProcess(paths)) return { state: 'unreachable', database };
  return { state: (await hasServer(paths)) ? 'stopped' : 'absent', database };
}
