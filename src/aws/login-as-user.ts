/** How each user of the database logs in on AWS: by IAM, or with the password a secret holds at that moment. */
import type { RDSClient } from '@aws-sdk/client-rds';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SignerConfig } from '@aws-sdk/rds-signer';
import type { DatabaseUser } from '../platform/database.ts';
import { describeCluster } from './database.ts';
import { masterSecretMissing } from './database-errors.ts';
import { type DatabaseLogin, iamLogin, secretLogin } from './database-login.ts';

export interface LoginAsUserInput {
  readonly user: DatabaseUser;
  readonly cluster: string;
  /** Name of the secret with the login of `etl_reader`. */
  readonly readerSecret: string;
  readonly region: string;
  readonly signInCommand: string;
}

export interface LoginAsUserDeps {
  readonly credentials: NonNullable<SignerConfig['credentials']>;
  readonly rds: () => Promise<Pick<RDSClient, 'send'>>;
  readonly secrets: () => Promise<Pick<SecretsManagerClient, 'send'>>;
}

/** `shop_api` by IAM, `etl_reader` by its secret, `admin` by the secret that RDS keeps for the cluster. */
export async function loginAsUser(
  input: LoginAsUserInput,
  { host, port }: { readonly host: string; readonly port: number },
  deps: LoginAsUserDeps,
): Promise<DatabaseLogin> {
  const { user, region } = input;
  if (user === 'shop_api') return iamLogin({ host, port, region, user }, { credentials: deps.credentials });
  const secret = user === 'etl_reader' ? input.readerSecret : await masterSecret(input, deps);
  return secretLogin({ secret, host }, { secrets: await deps.secrets() });
}

/** RDS names it and may replace it, so it is asked for at each tunnel. */
async function masterSecret(input: LoginAsUserInput, deps: LoginAsUserDeps): Promise<string> {
  const arn = (await describeCluster(input, deps))?.MasterUserSecret?.SecretArn;
  if (arn === undefined) throw masterSecretMissing(input.cluster);
  return arn;
}
