// The secrets of an environment on AWS as a rotation sees them: the emulators' AWS, and the private server in the
// place of Aurora, which is logged in to without a tunnel.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import {
  CreateConnectionCommand,
  CreateCrawlerCommand,
  CreateDatabaseCommand,
  CreateJobCommand,
} from '@aws-sdk/client-glue';
import { CreateDBClusterCommand } from '@aws-sdk/client-rds';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { AwsClients } from '../../src/aws/aws-clients.ts';
import type { LoginPath, OpenLoginPath } from '../../src/aws/login-path.ts';
import { openAwsSecrets } from '../../src/aws/secrets.ts';
import type { RotationLimits } from '../../src/aws/watch-rotation.ts';
import { platformNames } from '../../src/config/platform-names.ts';
import { openSqlSession } from '../../src/local/sql-session.ts';
import type { DatabaseAccess } from '../../src/platform/database.ts';
import type { RotationStrategy, Secrets, SecretValue } from '../../src/platform/secrets.ts';
import { type Clock, systemClock } from '../../src/std/clock.ts';
import { TEST_ACCOUNT, TEST_REGION } from './aws-environment.ts';

export const SECRET_NAMES = platformNames({
  environment: 'staging',
  project: 'data-pipeline-sample',
  account: TEST_ACCOUNT,
});
/** Nobody waits for `totalMs`: tests put their clock forward. */
export const TEST_LIMITS: RotationLimits = { totalMs: 60_000, retryMs: 100, pollMs: 20 };

/** The time of this machine, and as much later as it was put forward. */
export function movableClock(): Clock & { forward(ms: number): void } {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    forward: (ms) => {
      ahead += ms;
    },
  };
}

export function openSecretsUnderTest(
  clients: AwsClients,
  access: () => Promise<DatabaseAccess>,
  options: SecretsUnderTestOptions = {},
): Secrets {
  const openPath = async (): Promise<LoginPath> => ({
    logIn: async ({ username: user, password }) => openSqlSession({ ...(await access()), user, password }),
    [Symbol.asyncDispose]: async () => undefined,
  });
  return openSecretsThrough(clients, openPath, options);
}

interface SecretsUnderTestOptions {
  readonly strategy?: RotationStrategy;
  readonly clock?: Clock;
  readonly limits?: RotationLimits;
}

/** The same with a way of the test's own to the database. */
export function openSecretsThrough(
  clients: AwsClients,
  openPath: OpenLoginPath,
  { strategy = 'single-user', clock = systemClock, limits = TEST_LIMITS }: SecretsUnderTestOptions = {},
): Secrets {
  const rotationFunctionArn = `arn:aws:lambda:${TEST_REGION}:${TEST_ACCOUNT}:function:${SECRET_NAMES.rotationFunction(strategy)}`;
  return openAwsSecrets(
    { names: SECRET_NAMES, strategy, rotationFunctionArn },
    { clients, clock, openPath, countTunnels: async () => 1, limits },
  );
}

/** What the stacks would have made, as far as a rotation looks at it. `masterLogin` is what the admin's secret holds. */
export async function makeSecretsPlatform(
  clients: AwsClients,
  { access, masterLogin }: { readonly access: DatabaseAccess; readonly masterLogin: SecretValue },
): Promise<void> {
  const { connection: Name, job, databaseCrawler, readerSecret, cluster } = SECRET_NAMES;
  const secretsManager = await clients.secretsManager();
  const { ARN: masterarn } = await secretsManager.send(
    new CreateSecretCommand({ Name: `rds!cluster-of-${cluster}`, SecretString: JSON.stringify(masterLogin) }),
  );
  const { user: username, password, database: dbname } = access;
  const SecretString = JSON.stringify({ username, password, dbname, masterarn });
  await secretsManager.send(new CreateSecretCommand({ Name: readerSecret, SecretString }));
  const glue = await clients.glue();
  const ConnectionProperties = {
    JDBC_CONNECTION_URL: 'jdbc:mysql://aurora:3306/stg_core',
    SECRET_ID: readerSecret,
  };
  await glue.send(
    new CreateConnectionCommand({ ConnectionInput: { Name, ConnectionType: 'JDBC', ConnectionProperties } }),
  );
  const Role = 'arn:aws:iam::123456789012:role/job';
  await glue.send(
    new CreateJobCommand({
      Name: job,
      Role,
      Command: { Name: 'glueetl' },
      Connections: { Connections: [Name] },
    }),
  );
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'source' } }));
  const Targets = { JdbcTargets: [{ ConnectionName: Name, Path: 'stg_core/%' }] };
  await glue.send(new CreateCrawlerCommand({ Name: databaseCrawler, Role, DatabaseName: 'source', Targets }));
  const rds = await clients.rds();
  const about = { Engine: 'aurora-mysql', MasterUsername: 'admin', ManageMasterUserPassword: true };
  await rds.send(new CreateDBClusterCommand({ DBClusterIdentifier: cluster, ...about }));
}

/** Rotates in a process of its own that ends itself at an event such as `set done`. Resolves when it is gone. */
export async function rotateUntilKilled(of: {
  readonly endpoint: string;
  readonly access: DatabaseAccess;
  readonly strategy: RotationStrategy;
  readonly to: 'new' | 'previous';
  readonly at: string;
}): Promise<void> {
  const script = join(import.meta.dirname, 'rotate-on-aws-child.ts');
  const { NODE_TEST_CONTEXT: _test, ...env } = process.env;
  const { endpoint, access, strategy, to, at } = of;
  const args = [script, endpoint, JSON.stringify(access), strategy, to, at];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
}

export interface ReadingClient {
  /** What the database refused, and what else went wrong. */
  readonly failures: unknown[];
  /** Logins that went right. */
  logins: number;
  stop(): Promise<void>;
}

/**
 * A client that asks for the login anew for each connection, until it is stopped. `readAgain` is told what was refused
 * and gives what to try then, once, as dp's tunnels do; without it there is no second try.
 */
export function startReadingClient(of: {
  readonly read: () => Promise<Login>;
  readonly readAgain?: (refused: Login) => Promise<Login>;
  readonly access: DatabaseAccess;
}): ReadingClient {
  const stop = new AbortController();
  const state = { failures: [] as unknown[], logins: 0 };
  const logIn = async ({ user, password }: Login): Promise<void> => {
    await using _session = await openSqlSession({ ...of.access, user, password });
    state.logins++;
  };
  const client = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        const login = await of.read();
        await logIn(login).catch(async (error: unknown) => {
          if (of.readAgain === undefined) throw error;
          await logIn(await of.readAgain(login));
        });
      } catch (error) {
        state.failures.push(error);
      }
    }
  };
  const ended = client();
  return Object.assign(state, {
    async stop() {
      stop.abort();
      await ended;
    },
  });
}

type Login = Pick<DatabaseAccess, 'user' | 'password'>;
