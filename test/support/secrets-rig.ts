// Rotations on AWS under test: moto, the stand-in for AWS's function before it, and the private server for Aurora.
import assert from 'node:assert/strict';
import type { AwsClients } from '../../src/aws/aws-clients.ts';
import { openSqlSession } from '../../src/local/sql-session.ts';
import type { DatabaseAccess } from '../../src/platform/database.ts';
import type { RotationStrategy, Secrets, SecretValue } from '../../src/platform/secrets.ts';
import { Failure } from '../../src/std/failure.ts';
import { type Emulator, startEmulator } from './aws-emulator.ts';
import { openTestClients } from './aws-environment.ts';
import {
  makeSecretsPlatform,
  movableClock,
  openSecretsUnderTest,
  rotateUntilKilled,
  SECRET_NAMES,
  TEST_LIMITS,
} from './aws-secrets.ts';
import { type RotationStandIn, startRotationStandIn } from './rotation-stand-in.ts';
import type { ShopServer } from './shop-server.ts';

export interface SecretsRig extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly standIn: RotationStandIn;
  /** Through the stand-in. */
  readonly clients: AwsClients;
  readonly access: DatabaseAccess;
  readonly secrets: Secrets;
  /** The same as long after now as a rotation may take: what is pending then was cut off. */
  later(): Secrets;
  /** Rotates by a function that hangs, and puts the clock forward once it does. */
  rotateAndGiveUp(): Promise<unknown>;
  /** Rotates by a function that hangs, and has Ctrl-C pressed once it does. */
  rotateAndInterrupt(): Promise<unknown>;
  /** Rotates in a process that ends itself at an event such as `set done`. */
  rotateUntilKilled(to: 'new' | 'previous', at: string): Promise<void>;
  /** Whether the database takes this login. */
  accepts(login: SecretValue): Promise<boolean>;
  /** The function as it is by itself, once it is at rest. */
  settle(): Promise<void>;
}

export async function openSecretsRig(of: {
  readonly strategy: RotationStrategy;
  readonly server: ShopServer;
}): Promise<SecretsRig> {
  const { strategy, server } = of;
  const emulator = await startEmulator('moto');
  const access = await server.database.access('etl_reader');
  const { user: username, password } = await server.database.access('admin');
  const standIn = await startRotationStandIn({
    strategy,
    emulator: emulator.endpoint,
    secret: SECRET_NAMES.readerSecret,
    logGroup: SECRET_NAMES.logs.rotation(strategy),
    access: async () => access,
  });
  const clients = openTestClients(standIn.endpoint);
  const open = (clock = movableClock()) =>
    openSecretsUnderTest(clients, async () => access, { strategy, clock });
  await makeSecretsPlatform(clients, { access, masterLogin: { username, password } });
  const request = { name: 'etl_reader', to: 'new' } as const;
  return {
    emulator,
    standIn,
    clients,
    access,
    secrets: open(),
    later() {
      const clock = movableClock();
      clock.forward(TEST_LIMITS.totalMs);
      return open(clock);
    },
    rotateAndGiveUp() {
      const clock = movableClock();
      return open(clock).rotate(request, ({ step, state }) => {
        if (step !== 'create' || state !== 'started') return;
        void standIn.ended().then(() => clock.forward(TEST_LIMITS.totalMs));
      });
    },
    rotateAndInterrupt() {
      const command = new AbortController();
      const reason = new Failure({
        code: 'interrupted',
        kind: 'interrupted',
        message: 'Stopped.',
        nextSteps: ['Again.'],
      });
      return open().rotate({ ...request, signal: command.signal }, ({ step }) => {
        if (step === 'set') void standIn.ended().then(() => command.abort(reason));
      });
    },
    rotateUntilKilled: (to, at) =>
      rotateUntilKilled({ endpoint: standIn.endpoint, access, strategy, to, at }),
    async accepts({ username: user, password: tried }) {
      try {
        await using _session = await openSqlSession({ ...access, user, password: tried });
        return true;
      } catch (error) {
        assert.equal((error as Failure).code, 'database-login-refused');
        return false;
      }
    },
    async settle() {
      standIn.spoil = undefined;
      standIn.connectionTest = { status: 200, body: {} };
      standIn.faults.length = 0;
      await standIn.ended();
    },
    async [Symbol.asyncDispose]() {
      await clients.close();
      await standIn[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
    },
  };
}
