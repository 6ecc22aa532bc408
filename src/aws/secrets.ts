/**
 * The logins of the database on AWS. `etl_reader` has a secret that a function of Secrets Manager rotates, `admin` one
 * that RDS made and rotates, and `shop_api` none: it logs in by IAM.
 */
import type { DBCluster } from '@aws-sdk/client-rds';
import type { DescribeSecretCommandOutput } from '@aws-sdk/client-secrets-manager';
import type { DatabaseUser } from '../platform/database.ts';
import { unknownSecret } from '../platform/secret-failures.ts';
import type {
  RotationEvent,
  RotationStrategy,
  SecretDescription,
  Secrets,
  SecretVersion,
} from '../platform/secrets.ts';
import type { Clock } from '../std/clock.ts';
import { Failure } from '../std/failure.ts';
import type { AwsClients } from './aws-clients.ts';
import { describeCluster } from './database.ts';
import { masterSecretMissing } from './database-errors.ts';
import { nameOf } from './errors.ts';
import { keepPaths, type OpenLoginPath } from './login-path.ts';
import { type RotationDeps, recoverSecret, rotateSecret } from './rotate-secret.ts';
import { readRotationLog } from './rotation-log.ts';
import { checkConsumers, findConsumers, type SecretConsumersInput } from './secret-consumers.ts';
import { openSecretStore, type SecretStore } from './secret-store.ts';
import { secretMissing, secretOfRds, secretUnset, secretWithoutPassword } from './secrets-errors.ts';
import { isPending, ROTATION_LIMITS, type RotationLimits } from './watch-rotation.ts';

const NAMES: readonly DatabaseUser[] = ['etl_reader', 'shop_api', 'admin'];

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

export interface AwsSecretsDeps {
  readonly clients: AwsClients;
  readonly clock: Clock;
  /** Opens a tunnel to an endpoint of the database, for logins with any password. */
  readonly openPath: OpenLoginPath;
  readonly countTunnels: () => Promise<number>;
  /** @default ROTATION_LIMITS */
  readonly limits?: RotationLimits;
}

type Notify = (event: RotationEvent) => void;

export function openAwsSecrets(input: AwsSecretsInput, deps: AwsSecretsDeps): Secrets {
  const { readerSecret } = input.names;
  const reader = openSecretStore(readerSecret, deps);
  const masterId = async (): Promise<string> => {
    const arn = (await master(input, deps))?.MasterUserSecret?.SecretArn;
    if (arn === undefined) throw masterSecretMissing(input.names.cluster);
    return arn;
  };
  const describe = async (name: string): Promise<SecretDescription> => {
    switch (userOf(name)) {
      case 'etl_reader':
        return describeReader(input, reader, deps);
      case 'admin':
        return describeMaster(input, deps);
      case 'shop_api':
        return { ...BY_IAM, consumers: ['Shop API', 'dp db and tunnels'] };
    }
  };
  const onlyReader = async (name: string, about: { readonly schedule: boolean }): Promise<void> => {
    const user = userOf(name);
    if (user === 'shop_api') throw secretWithoutPassword(name);
    const { cluster } = input.names;
    if (user === 'admin') throw secretOfRds({ name, cluster, ...about, secret: await masterId() });
  };
  return {
    list: () => Promise.all(NAMES.map(describe)),
    describe,
    reveal: async (name) => {
      const user = userOf(name);
      if (user === 'shop_api') throw secretWithoutPassword(name);
      const store = user === 'admin' ? openSecretStore(await masterId(), deps) : reader;
      const value = await store.findValue({ label: 'AWSCURRENT' });
      if (value === undefined) throw secretUnset({ name });
      return value;
    },
    check: async (name) => {
      if (userOf(name) !== 'etl_reader') return [];
      await using paths = keepPaths(deps.openPath);
      const { consumers, value } = await readConsumers(input, reader, { ...deps, openPath: paths.path });
      return await checkConsumers(consumers, value, 'quick');
    },
    rotate: async (request, notify) => {
      await onlyReader(request.name, { schedule: false });
      await using paths = keepPaths(deps.openPath);
      return await rotateSecret(
        request,
        await openRotation({ input, reader, notify }, { ...deps, openPath: paths.path }),
      );
    },
    recover: async (name, notify) => {
      if (userOf(name) !== 'etl_reader') return false;
      await using paths = keepPaths(deps.openPath);
      const rotation = await openRotation({ input, reader, notify }, { ...deps, openPath: paths.path });
      return (await recoverSecret(name, rotation)).recovered;
    },
    schedule: async ({ name, everyDays }) => {
      await onlyReader(name, { schedule: true });
      const { RotationLambdaARN: known } = await readSecret(name, reader);
      await reader.setInterval(everyDays, known ?? input.rotationFunctionArn);
      return describe(name);
    },
  };
}

function userOf(name: string): DatabaseUser {
  const user = NAMES.find((one) => one === name);
  if (user === undefined) throw unknownSecret({ name, names: NAMES });
  return user;
}

const BY_IAM: Omit<SecretDescription, 'consumers'> = {
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

async function readSecret(name: string, store: SecretStore): Promise<DescribeSecretCommandOutput> {
  try {
    return await store.describe();
  } catch (error) {
    if (!(error instanceof Failure) || nameOf(error.cause) !== 'ResourceNotFoundException') throw error;
    throw secretMissing({ name, secret: store.id, cause: error.cause });
  }
}

async function describeReader(
  input: AwsSecretsInput,
  store: SecretStore,
  deps: AwsSecretsDeps,
): Promise<SecretDescription> {
  const found = await readSecret('etl_reader', store);
  const [versions, consumers] = await Promise.all([
    store.versions(),
    findConsumers(consumersInput(input, found), { clients: deps.clients, path: deps.openPath }),
  ]);
  const { strategy } = input;
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

/** What RDS says where Secrets Manager may not be asked: operators have no right to the master secret. */
async function describeMaster(input: AwsSecretsInput, deps: AwsSecretsDeps): Promise<SecretDescription> {
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

function master({ names }: AwsSecretsInput, { clients }: AwsSecretsDeps): Promise<DBCluster | undefined> {
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

function consumersInput(input: AwsSecretsInput, found: DescribeSecretCommandOutput): SecretConsumersInput {
  const { names } = input;
  return { secretArn: found.ARN ?? '', secretName: names.readerSecret, names };
}

async function readConsumers(input: AwsSecretsInput, store: SecretStore, deps: AwsSecretsDeps) {
  const found = await readSecret('etl_reader', store);
  const about = { clients: deps.clients, path: deps.openPath };
  const consumers = await findConsumers(consumersInput(input, found), about);
  const value = await store.findValue({ label: 'AWSCURRENT' });
  if (value === undefined) throw secretUnset({ name: 'etl_reader' });
  return { consumers, value };
}

async function openRotation(
  of: { readonly input: AwsSecretsInput; readonly reader: SecretStore; readonly notify: Notify },
  deps: AwsSecretsDeps,
): Promise<RotationDeps> {
  const { input, reader: store, notify } = of;
  const { consumers } = await readConsumers(input, store, deps);
  const group = input.names.logs.rotation(input.strategy);
  return {
    store,
    consumers,
    path: await deps.openPath('writer'),
    countTunnels: () => deps.countTunnels().catch(() => undefined),
    readLog: (sinceMs) => readRotationLog({ group, sinceMs }, deps),
    say: (step, state, message) => notify({ secret: 'etl_reader', step, state, message }),
    now: () => deps.clock.now(),
    limits: deps.limits ?? ROTATION_LIMITS,
  };
}
