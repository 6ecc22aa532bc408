/**
 * The logins of the database on AWS. `etl_reader` has a secret that a function of Secrets Manager rotates, `admin` one
 * that RDS made and rotates, and `shop_api` none: it logs in by IAM.
 */
import type { DatabaseUser } from '../platform/database.ts';
import { unknownSecret } from '../platform/secret-failures.ts';
import type { RotationEvent, SecretDescription, Secrets } from '../platform/secrets.ts';
import type { Clock } from '../std/clock.ts';
import { masterSecretMissing } from './database-errors.ts';
import {
  type AwsSecretsInput,
  BY_IAM,
  consumersInput,
  type DescribeSecretDeps,
  describeMaster,
  describeReader,
  master,
  readSecret,
  strategyIn,
} from './describe-secret.ts';
import { keepPaths } from './login-path.ts';
import { type RotationDeps, recoverSecret, rotateSecret } from './rotate-secret.ts';
import { readRotationLog } from './rotation-log.ts';
import { checkConsumers, findConsumers } from './secret-consumers.ts';
import { openSecretStore, type SecretStore } from './secret-store.ts';
import { secretOfRds, secretUnset, secretWithoutPassword } from './secrets-errors.ts';
import { ROTATION_LIMITS, type RotationLimits } from './watch-rotation.ts';

const NAMES: readonly DatabaseUser[] = ['etl_reader', 'shop_api', 'admin'];

export interface AwsSecretsDeps extends DescribeSecretDeps {
  readonly clock: Clock;
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

async function readConsumers(input: AwsSecretsInput, store: SecretStore, deps: AwsSecretsDeps) {
  const found = await readSecret('etl_reader', store);
  const about = { clients: deps.clients, path: deps.openPath };
  const consumers = await findConsumers(consumersInput(input, found), about);
  const value = await store.findValue({ label: 'AWSCURRENT' });
  if (value === undefined) throw secretUnset({ name: 'etl_reader' });
  return { found, consumers, value };
}

async function openRotation(
  of: { readonly input: AwsSecretsInput; readonly reader: SecretStore; readonly notify: Notify },
  deps: AwsSecretsDeps,
): Promise<RotationDeps> {
  const { input, reader: store, notify } = of;
  const { found, consumers } = await readConsumers(input, store, deps);
  const group = input.names.logs.rotation(strategyIn(found, input));
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
