/** What is known of each secret of the database on AWS, without its value. */
import type { DBCluster } from '@aws-sdk/client-rds';
import type { DescribeSecretCommandOutput } from '@aws-sdk/client-secrets-manager';
import type { RotationStrategy, SecretDescription, SecretVersion } from '../platform/secrets.ts';
import { Failure } from '../std/failure.ts';
import type { AwsClients } from './aws-clients.ts';
import { describeCluster } from './database.ts';
import { nameOf } from './errors.ts';
import type { OpenLoginPath } from './login-path.ts';
import { findConsumers, type SecretConsumersInput } from './secret-consumers.ts';
import { openSecretStore, type SecretStore } from './secret-store.ts';
import { secretMissing } from './secrets-errors.ts';
import { isPending } from './watch-rotation.ts';

const STRATEGIES: readonly RotationStrategy[] = ['single-user', 'alternating-users'];

export interface AwsSecretsInput {
  readonly names: SecretConsumersInput['names'] & {
    readonly cluster: string;
    readonly readerSecret: string;
    readonly rotationFunction: (strategy: RotationStrategy) => string;
    readonly logs: { readonly rotation: (strategy: RotationStrategy) => string };
  };
  /** As the stack was told: which function it gave the reader's secret. */
  readonly strategy: RotationStrategy;
  /** Of the function that rotates the reader's secret; used where the secret no longer says. */
  readonly rotationFunctionArn: string;
}

export interface DescribeSecretDeps {
  readonly clients: AwsClients;
  /** Opens a tunnel to an endpoint of the database, for logins with any password. */
  readonly openPath: OpenLoginPath;
}

/** `shop_api`. */
export const BY_IAM: Omit<SecretDescription, 'consumers'> = {
  name: 'shop_api',
  username: 'shop_api',
  strategy: null,
  changedAt: null,
  rotatedBy: 'nobody',
  everyDays: null,
  nextRotationAt: null,
  state: 'steady',
  versions: [],
};

export async function readSecret(name: string, store: SecretStore): Promise<DescribeSecretCommandOutput> {
  try {
    return await store.describe();
  } catch (error) {
    if (!(error instanceof Failure) || nameOf(error.cause) !== 'ResourceNotFoundException') throw error;
    throw secretMissing({ name, secret: store.id, cause: error.cause });
  }
}

export async function describeReader(
  input: AwsSecretsInput,
  store: SecretStore,
  deps: DescribeSecretDeps,
): Promise<SecretDescription> {
  const found = await readSecret('etl_reader', store);
  const [versions, consumers] = await Promise.all([
    store.versions(),
    findConsumers(consumersInput(input, found), { clients: deps.clients, path: deps.openPath }),
  ]);
  const strategy = strategyIn(found, input);
  const name = 'etl_reader';
  // Whose turn it is stands in the value only.
  const value = strategy === 'alternating-users' ? await store.findValue({ label: 'AWSCURRENT' }) : undefined;
  return {
    ...scheduleOf(found, versions),
    name,
    username: value?.username ?? name,
    strategy,
    consumers: consumers.map((consumer) => consumer.name),
  };
}

/** By the function that the secret has now; where it has none of ours, as the settings say. */
export function strategyIn(
  { RotationLambdaARN = '' }: DescribeSecretCommandOutput,
  { names, strategy }: Pick<AwsSecretsInput, 'names' | 'strategy'>,
): RotationStrategy {
  const name = RotationLambdaARN.split(':').at(-1);
  return STRATEGIES.find((one) => names.rotationFunction(one) === name) ?? strategy;
}

/** What RDS says where Secrets Manager may not be asked: operators have no right to the master secret. */
export async function describeMaster(
  input: AwsSecretsInput,
  deps: DescribeSecretDeps,
): Promise<SecretDescription> {
  const about = {
    name: 'admin',
    username: 'admin',
    strategy: null,
    consumers: ['dp db migrate', 'dp db init'],
  };
  const arn = (await master(input, deps))?.MasterUserSecret?.SecretArn;
  if (arn !== undefined) {
    const store = openSecretStore(arn, deps);
    try {
      const found = await store.describe();
      const { rotatedBy: _, ...rest } = scheduleOf(found, await store.versions());
      return { ...rest, ...about, rotatedBy: 'rds' };
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'denied') throw error;
    }
  }
  return { ...BY_IAM, ...about, rotatedBy: 'rds' };
}

export function master(
  { names }: AwsSecretsInput,
  { clients }: DescribeSecretDeps,
): Promise<DBCluster | undefined> {
  return describeCluster({ cluster: names.cluster, signInCommand: clients.signIn.command }, clients);
}

function scheduleOf(
  found: DescribeSecretCommandOutput,
  versions: readonly SecretVersion[],
): Omit<SecretDescription, 'name' | 'username' | 'strategy' | 'consumers'> {
  const current = versions.find(({ labels }) => labels.includes('AWSCURRENT'));
  const isOn = found.RotationEnabled === true;
  return {
    // Made moments before it became current; after a rollback the password is as old as it was.
    changedAt: current?.createdAt ?? null,
    rotatedBy: 'secrets-manager',
    everyDays: isOn ? (found.RotationRules?.AutomaticallyAfterDays ?? null) : null,
    nextRotationAt: isOn ? (found.NextRotationDate?.toISOString() ?? null) : null,
    state: isPending(versions) ? 'unfinished' : 'steady',
    versions,
  };
}

export function consumersInput(
  input: AwsSecretsInput,
  found: DescribeSecretCommandOutput,
): SecretConsumersInput {
  const { names } = input;
  return { secretArn: found.ARN ?? '', secretName: names.readerSecret, names };
}
