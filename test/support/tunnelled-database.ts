// The shop's database as it is reached on AWS: the real SDK against an endpoint on loopback that answers as AWS does,
// the gateway of the local environment in the place of Session Manager's, and a private MariaDB in the place of Aurora.
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { openAwsDatabase } from '../../src/aws/database.ts';
import { sessionFailuresOn } from '../../src/aws/database-errors.ts';
import { type DatabaseLogin, givenLogin } from '../../src/aws/database-login.ts';
import { loginAsUser } from '../../src/aws/login-as-user.ts';
import { openLoginPath } from '../../src/aws/login-path.ts';
import { certificatePaths } from '../../src/local/mysql-certificates.ts';
import { GATEWAY_OPTIONS, SessionGateway } from '../../src/local/session-gateway.ts';
import { openSqlSession } from '../../src/local/sql-session.ts';
import { openTunnel } from '../../src/operations/open-tunnel.ts';
import type { DatabaseUser } from '../../src/platform/database.ts';
import type { SessionTarget } from '../../src/platform/sessions.ts';
import {
  type Answers,
  answersOfGateway,
  clusterXml,
  instanceInformation,
  instancesXml,
  openSessionEndpoint,
} from './session-endpoint.ts';
import type { ShopServer } from './shop-server.ts';

const REGION = 'ap-northeast-1';
export const MASTER_SECRET = 'rds!cluster-1';
export const READER_SECRET = 'stg-etl-reader-login';
const ABOUT_CLUSTER =
  '<Status>available</Status><EngineVersion>8.0.mysql_aurora.3.08.0</EngineVersion>' +
  `<MasterUserSecret><SecretArn>${MASTER_SECRET}</SecretArn></MasterUserSecret>`;

export interface TunnelledDatabaseOptions {
  /** Where the database listens. Default: the private server. */
  readonly port?: number;
  readonly answers?: Answers;
  /** `shop_api` by a secret too: MariaDB knows no IAM. */
  readonly apiBySecret?: boolean;
  readonly signal?: AbortSignal;
}

/** An AWS around the private server; the database's port on it is opened as the commands open it. */
export async function openTunnelledDatabase(
  { paths, database: local }: ShopServer,
  options: TunnelledDatabaseOptions = {},
) {
  const { host, port: serverPort } = await local.access('admin');
  const target = { host: 'localhost', port: options.port ?? serverPort };
  const gateway = await SessionGateway.open(GATEWAY_OPTIONS, {
    dial: () => connect({ host, port: target.port }),
  });
  const users: Record<string, DatabaseUser> = {
    [MASTER_SECRET]: 'admin',
    [READER_SECRET]: 'etl_reader',
    shop_api: 'shop_api',
  };
  const secrets: Record<string, { username: string; password: string }> = {};
  for (const [name, one] of Object.entries(users)) {
    const { user: username, password } = await local.access(one);
    secrets[name] = { username, password };
  }
  const endpoint = await openSessionEndpoint({
    DescribeDBClusters: () => ({ body: clusterXml(target.host, target.port, ABOUT_CLUSTER) }),
    DescribeInstances: () => ({ body: instancesXml('i-0a1') }),
    DescribeInstanceInformation: () => ({ body: instanceInformation('3.3.3572.0') }),
    GetSecretValue: ({ SecretId }) => ({ body: { SecretString: JSON.stringify(secrets[String(SecretId)]) } }),
    ...answersOfGateway(gateway, target),
    ...options.answers,
  });
  const { clients, credentials } = endpoint;
  const ca = await readFile(certificatePaths(paths.server.certificates).authority, 'utf8');
  const about = { cluster: 'stg-database', signInCommand: 'aws sso login' };
  const openTestTunnel = async (
    { reason, signal }: { readonly reason: string; readonly signal: AbortSignal },
    loginTo: (at: SessionTarget) => Promise<DatabaseLogin>,
  ) => {
    const sessions = endpoint.sessions(`http://127.0.0.1:${gateway.port}`, async (at) => {
      const logIn = await loginTo(at);
      // The private server's certificate is not Amazon's; name and everything else are checked as on AWS.
      return async (request) => ({ ...(await logIn(request)), tls: { serverName: at.host, ca } });
    });
    const tunnel = await openTunnel(
      { target: 'writer', port: 0, sessions: 1, keepAlive: false, raw: false, withPassword: true, reason },
      { sessions: async () => sessions, now: Date.now, notify: () => undefined, signal },
    );
    const { host: door, port, user: name = '', password = '' } = tunnel;
    return { host: door, port, user: name, password, close: () => tunnel.close('done', 0) };
  };
  const openShopTunnel = async (user: DatabaseUser, signal: AbortSignal) => {
    const bySecret = options.apiBySecret === true && user === 'shop_api';
    const login = bySecret
      ? ({ ...about, user: 'etl_reader', readerSecret: 'shop_api', region: REGION } as const)
      : { ...about, user, readerSecret: READER_SECRET, region: REGION };
    return openTestTunnel({ reason: `as ${user}`, signal }, (at) =>
      loginAsUser(login, at, {
        credentials,
        rds: async () => clients.rds,
        secrets: async () => clients.secrets,
      }),
    );
  };
  const database = openAwsDatabase(
    { ...about, database: 'stg_core', historyPath: '/dev/null' },
    {
      rds: async () => clients.rds,
      openTunnel: openShopTunnel,
      openSession: (access) => openSqlSession(access, sessionFailuresOn('staging')),
      runClient: async () => undefined,
      signal: options.signal ?? new AbortController().signal,
    },
  );
  const asked = (operation: string) => endpoint.asked.filter((one) => one.operation === operation);
  const openPath = () =>
    openLoginPath({
      database: 'stg_core',
      openTunnel: (value) =>
        openTestTunnel({ reason: 'trying a password', signal: new AbortController().signal }, async (at) =>
          givenLogin(at.host, value),
        ),
      openSession: (access) => openSqlSession(access, sessionFailuresOn('staging')),
    });
  return {
    database,
    gateway,
    openPath,
    asked,
    secrets,
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]();
      await gateway.close();
      await endpoint[Symbol.asyncDispose]();
    },
  };
}
