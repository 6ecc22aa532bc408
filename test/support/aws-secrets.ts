// The secrets of an environment on AWS as a rotation sees them: the emulators' AWS, and the private server in the
// place of Aurora, which is logged in to without a tunnel.
import type { AwsClients } from '../../src/aws/aws-clients.ts';
import type { LoginPath, OpenLoginPath } from '../../src/aws/login-path.ts';
import { openAwsSecrets } from '../../src/aws/secrets.ts';
import type { RotationLimits } from '../../src/aws/watch-rotation.ts';
import { platformNames } from '../../src/config/platform-names.ts';
import { openSqlSession } from '../../src/local/sql-session.ts';
import type { DatabaseAccess } from '../../src/platform/database.ts';
import type { Secrets } from '../../src/platform/secrets.ts';
import { systemClock } from '../../src/std/clock.ts';
import { TEST_ACCOUNT, TEST_REGION } from './aws-environment.ts';

export const SECRET_NAMES = platformNames({
  environment: 'staging',
  project: 'data-pipeline-sample',
  account: TEST_ACCOUNT,
});
export const TEST_LIMITS: RotationLimits = { totalMs: 8_000, retryMs: 100, pollMs: 20 };

export function openSecretsUnderTest(
  clients: AwsClients,
  access: () => Promise<DatabaseAccess>,
  limits?: RotationLimits,
): Secrets {
  const openPath = async (): Promise<LoginPath> => ({
    logIn: async ({ username: user, password }) => openSqlSession({ ...(await access()), user, password }),
    [Symbol.asyncDispose]: async () => undefined,
  });
  return openSecretsThrough(clients, openPath, limits);
}

/** The same with a way of the test's own to the database. */
export function openSecretsThrough(
  clients: AwsClients,
  openPath: OpenLoginPath,
  limits: RotationLimits = TEST_LIMITS,
): Secrets {
  const rotationFunctionArn = `arn:aws:lambda:${TEST_REGION}:${TEST_ACCOUNT}:function:${SECRET_NAMES.rotationFunction}`;
  return openAwsSecrets(
    { names: SECRET_NAMES, rotationFunctionArn },
    { clients, clock: systemClock, openPath, countTunnels: async () => 1, limits },
  );
}
