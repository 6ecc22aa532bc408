// Rotations on AWS where two users take turns: the real SDK against moto, a stand-in for AWS's function for two users,
// which makes the second with the login of the admin, and a private MySQL-compatible server. Beside them a client that
// reads the secret for each connection: it is never refused, whatever fails or is killed.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { AwsClients } from '../../src/aws/aws-clients.ts';
import { openSqlSession } from '../../src/local/sql-session.ts';
import type { DatabaseAccess } from '../../src/platform/database.ts';
import type { RotationEvent, Secrets, SecretValue } from '../../src/platform/secrets.ts';
import type { Failure } from '../../src/std/failure.ts';
import { openTestClients } from '../support/aws-environment.ts';
import { type ReadingClient, SECRET_NAMES, startReadingClient } from '../support/aws-secrets.ts';
import type { RotationStandIn, StandInStep } from '../support/rotation-stand-in.ts';
import { openSecretsRig, type SecretsRig } from '../support/secrets-rig.ts';
import { sharedShopServer } from '../support/shop-server.ts';

const STEPS: readonly StandInStep[] = ['create', 'set', 'test', 'finish'];

const shopServer = sharedShopServer();
let rig: SecretsRig;
let standIn: RotationStandIn;
let access: DatabaseAccess;
let secrets: Secrets;
/** Of the client that reads all the time: not through the stand-in, whose faults are for dp. */
let direct: AwsClients;
let reading: ReadingClient;

before(async () => {
  rig = await openSecretsRig({ strategy: 'alternating-users', server: await shopServer() });
  ({ standIn, access, secrets } = rig);
  direct = openTestClients(rig.emulator.endpoint);
  reading = startReadingClient({ access, read: async () => loginOf(await loginAt('AWSCURRENT')) });
});
after(async () => {
  await reading.stop();
  await direct.close();
  await rig[Symbol.asyncDispose]();
});
afterEach(async () => {
  await rig.settle();
  assert.deepEqual(reading.failures, []);
});

const accepts = (value: SecretValue): Promise<boolean> => rig.accepts(value);
const quiet = (): void => undefined;
const rotate = (to: 'new' | 'previous' = 'new', notify: (event: RotationEvent) => void = quiet) =>
  secrets.rotate({ name: 'etl_reader', to }, notify);

const loginOf = ({ username: user, password }: SecretValue) => ({ user, password });

/** The label is named although AWSCURRENT is the default: the emulator's default is not always the current one. */
async function loginAt(label: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<SecretValue> {
  const request = new GetSecretValueCommand({ SecretId: SECRET_NAMES.readerSecret, VersionStage: label });
  const { SecretString = '' } = await (await direct.secretsManager()).send(request);
  const { username, password } = JSON.parse(SecretString);
  return { username, password };
}

/** Nothing is pending; the current login and the one before both work, and are not the same user's. */
async function assertSteady(): Promise<{ current: SecretValue; previous: SecretValue }> {
  const [current, previous] = [await loginAt('AWSCURRENT'), await loginAt('AWSPREVIOUS')];
  assert.notEqual(current.username, previous.username);
  assert.deepEqual([await accepts(current), await accepts(previous)], [true, true]);
  const { state, versions, username } = await secrets.describe('etl_reader');
  assert.deepEqual([state, username], ['steady', current.username]);
  assert.equal(versions.filter(({ labels }) => labels.includes('AWSCURRENT')).length, 1);
  return { current, previous };
}

test('the first rotation makes the second user, with the rights of the first, whose login keeps working', async () => {
  const first = await loginAt('AWSCURRENT');
  const result = await rotate();
  assert.deepEqual([result.oldPassword, result.refused], ['kept', null]);
  assert.match(result.consumers[0]?.detail ?? '', /^logged in as etl_reader_clone@% through the tunnel/);
  const { current, previous } = await assertSteady();
  assert.deepEqual(previous, first);
  const { database } = await shopServer();
  await using admin = await database.connect('admin');
  await admin.query('CREATE TABLE stg_core.probe (id INT)');
  await using session = await openSqlSession({
    ...access,
    user: current.username,
    password: current.password,
  });
  assert.deepEqual((await session.query('SELECT COUNT(*) FROM probe')).rows, [['0']]);
  await assert.rejects(session.query('INSERT INTO probe VALUES (1)'), /INSERT command denied/);
});

test('the next refuses what its user had before, and says so', async () => {
  const { current, previous } = await assertSteady();
  const said: RotationEvent[] = [];
  const result = await rotate('new', (event) => said.push(event));
  assert.equal(result.oldPassword, 'kept');
  assert.equal(result.refused?.username, previous.username);
  assert.equal(await accepts(previous), false);
  const after = await assertSteady();
  assert.deepEqual(after.previous, current);
  const last = said.findLast(({ step }) => step === 'retire');
  assert.match(last?.message ?? '', /etl_reader_clone works until the next.*etl_reader is refused/);
  for (const { password } of [current, previous, after.current]) {
    assert.ok(!JSON.stringify([said, result]).includes(password));
  }
});

test('a rollback goes back to the other user; twice is as before; the next rotation refuses what it came from', async () => {
  const { current, previous } = await assertSteady();
  const back = await rotate('previous');
  assert.deepEqual([back.oldPassword, back.refused], ['kept', null]);
  assert.deepEqual(await assertSteady(), { current: previous, previous: current });
  await rotate('previous');
  assert.deepEqual(await assertSteady(), { current, previous });
  await rotate('previous');
  assert.equal((await rotate()).refused?.username, current.username);
  assert.equal(await accepts(current), false);
  await assertSteady();
});

for (const how of ['before', 'after', 'hang'] as const) {
  for (const step of STEPS) {
    test(`the function ${how === 'hang' ? 'hangs in' : `fails ${how}`} ${step}: both logins from before work`, async () => {
      const before = await assertSteady();
      standIn.spoil = { step, how };
      // After `finish` all is done: what the function says then changes nothing.
      if (step === 'finish' && how === 'after') {
        await rotate();
        assert.deepEqual((await assertSteady()).previous, before.current);
        return;
      }
      const failing = how === 'hang' ? rig.rotateAndGiveUp() : rotate();
      await assert.rejects(failing, { code: 'rotation-failed' });
      standIn.spoil = undefined;
      assert.deepEqual(await assertSteady(), before);
    });
  }
}

test('what no longer works after the change undoes it, and the login before can be gone back to', async () => {
  const before = await assertSteady();
  const refusal = {
    status: 400,
    body: { __type: 'InvalidInputException', message: 'Access denied for user' },
  };
  await assert.rejects(
    rotate('new', ({ step, state }) => {
      if (step === 'finish' && state === 'done') standIn.connectionTest = refusal;
    }),
    { code: 'rotation-failed' },
  );
  standIn.connectionTest = { status: 200, body: {} };
  assert.deepEqual((await assertSteady()).current, before.current);
  await rotate('previous');
  await assertSteady();
});

test('Ctrl-C leaves both logins from before', async () => {
  const before = await assertSteady();
  standIn.spoil = { step: 'test', how: 'hang' };
  await assert.rejects(rig.rotateAndInterrupt(), { code: 'interrupted' });
  standIn.spoil = undefined;
  assert.deepEqual(await assertSteady(), before);
});

for (const [to, at] of [
  ['new', 'create started'],
  ['new', 'set started'],
  ['new', 'finish done'],
  ['previous', 'create done'],
  ['previous', 'set done'],
  ['previous', 'finish done'],
] as const) {
  test(`killed at ${at} of a rotation to the ${to} login, the current one works and the next run recovers`, async () => {
    await rig.rotateUntilKilled(to, at);
    await standIn.ended();
    assert.equal(await accepts(await loginAt('AWSCURRENT')), true);
    await rig.later().recover('etl_reader', quiet);
    const { previous } = await assertSteady();
    await rotate();
    assert.equal(await accepts(previous), false);
    await assertSteady();
  });
}

test('killed while the login before was put back, the next run puts it back', async () => {
  const before = await assertSteady();
  standIn.spoil = { step: 'test', how: 'before' };
  await rig.rotateUntilKilled('new', 'restore started');
  standIn.spoil = undefined;
  assert.equal(await accepts(before.previous), false, 'the function had set the new password');
  assert.equal(await accepts(before.current), true);
  assert.equal(await rig.later().recover('etl_reader', quiet), true);
  assert.deepEqual(await assertSteady(), before);
});

test('a login before that nobody can set is said so, and going back to it changes nothing', async () => {
  const { current, previous } = await assertSteady();
  const { database } = await shopServer();
  await using admin = await database.connect('admin');
  await admin.query('SET PASSWORD FOR ? = PASSWORD(?)', [previous.username, 'by hand']);
  await assert.rejects(rotate('previous'), (error) => {
    assert.match((error as Failure).message, /the step set failed, .*none of the passwords/);
    return (error as Failure).code === 'rotation-failed';
  });
  assert.deepEqual(await loginAt('AWSCURRENT'), current);
  assert.equal(await accepts(current), true);
  // The function has the admin's login: the next rotation gives that user a password again.
  await rotate();
  await assertSteady();
});

test('a client that read the secret for each connection all this time was never refused', async (t) => {
  t.diagnostic(`${reading.logins} logins, ${reading.failures.length} refused`);
  assert.deepEqual(reading.failures, []);
  assert.ok(reading.logins > 100, `${reading.logins} logins`);
});
