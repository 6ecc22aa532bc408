// The AWS adapters as a command would open them, with the SDK pointed at a server on loopback.
import { type AwsClients, openAwsClients } from '../../src/aws/aws-clients.ts';
import { openSignIn } from '../../src/aws/sign-in.ts';
import type { ParquetFiles } from '../../src/platform/parquet.ts';

/** Emulators' own account. */
export const TEST_ACCOUNT = '123456789012';
export const TEST_REGION = 'ap-northeast-1';

/** Variables that let the SDK, and a dp process, speak to a server on loopback and to nothing else. */
export function awsVariables(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_REGION: TEST_REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

/** Clients for an endpoint. They read it, as the SDK does everywhere, from this process's environment. */
export function openTestClients(endpoint: string, account = TEST_ACCOUNT): AwsClients {
  Object.assign(process.env, awsVariables(endpoint));
  delete process.env.AWS_PROFILE;
  const signIn = openSignIn({
    environment: 'staging',
    profile: undefined,
    profileOrigin: undefined,
    region: TEST_REGION,
    account,
    environmentVariables: process.env,
  });
  return openAwsClients({ signIn, environmentVariables: process.env });
}

export const noParquet = (): Promise<ParquetFiles> =>
  Promise.reject(new Error('this test uses no Parquet files'));
