// Rotations on AWS: the real SDK against moto's Secrets Manager, Glue, RDS and CloudWatch Logs; a stand-in for the
// function that Lambda would run, which does the four steps against a private MySQL-compatible server.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { secretLogin } from '../../src/aws/database-login.ts';
import type { DatabaseAccess } from '../../src/platform/database.ts';
import type { RotationEvent, Secrets, SecretValue } from '../../src/platform/secrets.ts';
import { Failure } from '../../src/std/failure.ts';
import { openTestClients } from '../support/aws-environment.ts';
import { awsError } from '../support/aws-fault-server.ts';
import { SECRET_NAMES, startReadingClient } from '../support/aws-secrets.ts';
import type { RotationStandIn, StandInStep } from '../support/rotation-stand-in.ts';
import { openSecretsRig, type SecretsRig } from '../support/secrets-rig.ts';
import { sharedShopServer } from '../support/shop-server.ts';

const shopServer = sharedShopServer();
let rig: SecretsRig;
let standIn: RotationStandIn;
let access: DatabaseAccess;
let secrets: Secrets;

before(async () => {
  rig = await openSecretsRig({ strategy: 'single-user', server: await shopServer() });
  ({ standIn, access, secrets } = rig);
});
after(() => rig[Symbol.asyncDispose]());
afterEach(() => rig.settle());

const accepts = (value: SecretValue): Promise<boolean> => rig.accepts(value);
const quiet = (): void => undefined;
const rotate = (to: 'new' | 'previous' = 'new', notify: (event: RotationEvent) => void = quiet) =>
  secrets.rotate({ name: 'etl_reader', to }, notify);

/** The current value works, nothing is pending, and one version is current. */
async function assertSteady(): Promise<SecretValue> {
  const value = await secrets.reveal('etl_reader');
  assert.equal(await accepts(value), true);
  const { state, versions } = await secrets.describe('etl_reader');
  assert.equal(state, 'steady');
  assert.equal(versions.filter(({ labels }) => labels.includes('AWSCURRENT')).length, 1);
  return value;
}

test('each secret is shown for what it is, with who uses it and no value', async () => {
  const listed = await secrets.list();
  assert.deepEqual(
    listed.map(({ name, rotatedBy, state }) => [name, rotatedBy, state]),
    [
      ['etl_reader', 'secrets-manager', 'steady'],
      ['shop_api', 'nobody', 'steady'],
      ['admin', 'rds', 'steady'],
    ],
  );
  const { connection, job, databaseCrawler } = SECRET_NAMES;
  assert.deepEqual(listed[0]?.consumers, [
    'dp db and tunnels',
    `Glue connection ${connection}`,
    `job ${job}`,
    `crawler ${databaseCrawler}`,
  ]);
  assert.ok(!JSON.stringify(listed).includes(access.password));
});

test('a rotation ends with every path gone, and the old password refused', async () => {
  const before = await secrets.reveal('etl_reader');
  const said: RotationEvent[] = [];
  const result = await rotate('new', (event) => said.push(event));
  const done = said.filter(({ state }) => state === 'done').map(({ step }) => step);
  assert.deepEqual(done, ['preflight', 'finish', 'verify', 'retire']);
  assert.match(said[0]?.message ?? '', /Glue connection.*job.*crawler/);
  assert.deepEqual(
    result.consumers.map(({ outcome }) => outcome),
    ['verified', 'verified', 'unproven', 'unproven'],
  );
  assert.match(result.consumers[0]?.detail ?? '', /^logged in as etl_reader@% through the tunnel/);
  assert.equal(result.oldPassword, 'refused');
  assert.equal(await accepts(before), false);
  const after = await assertSteady();
  for (const { password } of [before, after]) assert.ok(!JSON.stringify([said, result]).includes(password));
  const { versions } = await secrets.describe('etl_reader');
  assert.deepEqual(versions.find(({ id }) => id === result.fromVersion)?.labels, ['AWSPREVIOUS']);
});

test('a rollback gives the database the earlier password again, and twice is as before', async () => {
  const first = await secrets.reveal('etl_reader');
  await rotate();
  const second = await secrets.reveal('etl_reader');
  await rotate('previous');
  assert.deepEqual(await assertSteady(), first);
  assert.equal(await accepts(second), false);
  await rotate('previous');
  assert.deepEqual(await assertSteady(), second);
  assert.equal(await accepts(first), false);
});

test('whoever logs in as dp’s tunnels do is never refused while rotations run in a loop', async (t) => {
  const direct = openTestClients(rig.emulator.endpoint);
  t.after(() => direct.close());
  const secret = { secret: SECRET_NAMES.readerSecret, host: 'aurora' };
  const login = secretLogin(secret, { secrets: await direct.secretsManager() });
  const tunnel = startReadingClient({
    access,
    read: () => login({}),
    readAgain: ({ user, password }) => login({ refused: { user, password, credential: 'secret' } }),
  });
  // With one user the function has the database refuse what is still current, from its `set` to its `finish`.
  const plain = startReadingClient({ access, read: () => login({}) });
  try {
    for (let round = 0; round < 6; round++) await rotate(round % 3 === 2 ? 'previous' : 'new');
  } finally {
    for (const one of [tunnel, plain]) await one.stop();
  }
  t.diagnostic(
    `without a second try: ${plain.failures.length} of ${plain.logins + plain.failures.length} refused`,
  );
  assert.deepEqual(tunnel.failures, []);
  assert.ok(tunnel.logins > 20, `${tunnel.logins} logins`);
});

for (const how of ['before', 'after'] as const) {
  for (const step of ['create', 'set', 'test', 'finish'] as const satisfies readonly StandInStep[]) {
    test(`the function fails ${how} its step ${step}: the password that worked is back everywhere`, async () => {
      const value = await secrets.reveal('etl_reader');
      standIn.spoil = { step, how };
      // After `finish` all is done: what the function says then changes nothing.
      if (step === 'finish' && how === 'after') {
        await rotate();
        standIn.spoil = undefined;
        assert.notDeepEqual(await assertSteady(), value);
        return;
      }
      await assert.rejects(rotate(), (error) => {
        assert.ok(error instanceof Failure);
        assert.equal(error.code, 'rotation-failed');
        assert.match(
          error.message,
          new RegExp(`the step ${step} failed, .*${step}Secret: the stand-in was told`),
        );
        assert.match(error.message, /dp db and tunnels: works/);
        return true;
      });
      standIn.spoil = undefined;
      assert.deepEqual(await assertSteady(), value);
    });
  }
}

for (const step of ['create', 'set', 'test', 'finish'] as const) {
  test(`the function hangs in ${step}: it is given up on, and the password that worked is back`, async () => {
    const value = await secrets.reveal('etl_reader');
    standIn.spoil = { step, how: 'hang' };
    await assert.rejects(rig.rotateAndGiveUp(), (error) => {
      assert.match((error as Failure).message, /it had not ended after 60 s/);
      return (error as Failure).code === 'rotation-failed';
    });
    standIn.spoil = undefined;
    assert.deepEqual(await assertSteady(), value);
  });
}

test('the next rotation after a failed one goes through', async () => {
  await rotate();
  await assertSteady();
});

test('a Glue connection that no longer works after the change undoes it', async () => {
  const value = await secrets.reveal('etl_reader');
  const refusal = {
    status: 400,
    body: { __type: 'InvalidInputException', message: 'Access denied for user' },
  };
  const tests = standIn.calls.length;
  await assert.rejects(
    rotate('new', ({ step, state }) => {
      if (step === 'finish' && state === 'done') standIn.connectionTest = refusal;
    }),
    (error) => /the step verify failed, Glue connection .*Access denied/.test((error as Failure).message),
  );
  assert.ok(standIn.calls.slice(tests).filter((call) => call.endsWith('.TestConnection')).length >= 2);
  assert.deepEqual(await assertSteady(), value);

  const { consumers } = await rotate();
  assert.equal(consumers[1]?.outcome, 'unproven');
  assert.match(consumers[1]?.detail ?? '', /did not work before the rotation either/);
  standIn.connectionTest = { status: 400, body: { __type: 'AccessDeniedException', message: 'not you' } };
  assert.match((await rotate()).consumers[1]?.detail ?? '', /Glue could not test it: not you/);
  standIn.connectionTest = { status: 200, body: {} };
});

test('throttled looks are made up for by later ones', async () => {
  const error = awsError('ThrottlingException', 'Rate exceeded');
  const looks = { call: '.ListSecretVersionIds', answer: error, times: 3 };
  await rotate('new', ({ step, state }) => {
    if (step === 'create' && state === 'started') standIn.faults.push({ ...looks });
  });
  standIn.faults.length = 0;
  await assertSteady();
});

test('who may not rotate is told so, and nothing has changed', async () => {
  const value = await secrets.reveal('etl_reader');
  const answer = awsError('AccessDeniedException', 'not authorized to perform: lambda:InvokeFunction');
  standIn.faults.push({ call: '.RotateSecret', answer });
  await assert.rejects(rotate(), { code: 'not-allowed', kind: 'denied' });
  standIn.faults.length = 0;
  assert.deepEqual(await assertSteady(), value);
});

test('who may not read the function’s log rotates all the same', async () => {
  const answer = awsError('AccessDeniedException', 'not you');
  standIn.faults.push({ call: '.FilterLogEvents', answer, times: 1_000 });
  await rotate();
  standIn.faults.length = 0;
  await assertSteady();
});

test('Ctrl-C puts the old password back', async () => {
  const value = await secrets.reveal('etl_reader');
  standIn.spoil = { step: 'test', how: 'hang' };
  await assert.rejects(rig.rotateAndInterrupt(), { code: 'interrupted' });
  standIn.spoil = undefined;
  assert.deepEqual(await assertSteady(), value);
});

for (const [to, step] of [
  ['new', 'preflight done'],
  ['new', 'create started'],
  ['new', 'set started'],
  ['new', 'finish done'],
  ['new', 'verify done'],
  ['previous', 'create done'],
  ['previous', 'set done'],
  ['previous', 'finish done'],
  ['previous', 'verify done'],
] as const) {
  test(`killed at ${step} of a rotation to the ${to} password, the next run recovers`, async () => {
    await rig.rotateUntilKilled(to, step);
    await standIn.ended();
    const isLeft = to === 'previous' && step === 'set done';
    assert.equal(await accepts(await secrets.reveal('etl_reader')), !isLeft);
    await rig.later().recover('etl_reader', quiet);
    const value = await assertSteady();
    await rotate();
    assert.equal(await accepts(value), false);
    await assertSteady();
  });
}

test('killed while the old password was put back, the next run finds who the database lets in', async () => {
  const value = await secrets.reveal('etl_reader');
  standIn.spoil = { step: 'test', how: 'before' };
  await rig.rotateUntilKilled('new', 'restore started');
  standIn.spoil = undefined;
  assert.equal(await accepts(value), false, 'the function had set the new password');
  assert.equal(await rig.later().recover('etl_reader', quiet), true);
  assert.deepEqual(await assertSteady(), value);
  assert.equal(await secrets.recover('etl_reader', quiet), false);
});

test('a database that takes no version of the secret is said so, with what creates the user', async () => {
  const { database } = await shopServer();
  const value = await secrets.reveal('etl_reader');
  await using admin = await database.connect('admin');
  await admin.query("SET PASSWORD FOR 'etl_reader'@'%' = PASSWORD('by hand')");
  await assert.rejects(rotate(), { code: 'no-password-works', kind: 'denied' });
  await admin.query("SET PASSWORD FOR 'etl_reader'@'%' = PASSWORD(?)", [value.password]);
  await assertSteady();
});

test('what could not be put back is said so, and the next run puts it back', async () => {
  const value = await secrets.reveal('etl_reader');
  standIn.spoil = { step: 'test', how: 'before' };
  const answer = awsError('AccessDeniedException', 'not you');
  const failing = rotate('new', ({ step, state }) => {
    if (step === 'restore' && state === 'started')
      standIn.faults.push({ call: '.UpdateSecretVersionStage', answer });
  });
  await assert.rejects(failing, { code: 'rotation-not-restored' });
  standIn.faults.length = 0;
  assert.equal(await rig.later().recover('etl_reader', quiet), true);
  assert.deepEqual(await assertSteady(), value);
});

test('a secret without a value is said to have none', async () => {
  const answer = awsError('ResourceNotFoundException', 'no value');
  standIn.faults.push({ call: '.GetSecretValue', answer });
  await assert.rejects(secrets.reveal('etl_reader'), { code: 'secret-unset', kind: 'not-ready' });
});

test('the schedule is Secrets Manager’s own', async () => {
  assert.equal((await secrets.schedule({ name: 'etl_reader', everyDays: 14 })).everyDays, 14);
  const { everyDays, nextRotationAt } = await secrets.describe('etl_reader');
  assert.equal(everyDays, 14);
  assert.ok(Date.parse(nextRotationAt ?? '') > Date.now() + 13 * 86_400_000);
  const off = await secrets.schedule({ name: 'etl_reader', everyDays: null });
  assert.deepEqual([off.everyDays, off.nextRotationAt], [null, null]);
  await assertSteady();
});

test('what dp does not change is refused with what does', async () => {
  await assert.rejects(secrets.rotate({ name: 'shop_api', to: 'new' }, quiet), {
    code: 'secret-without-password',
  });
  await assert.rejects(secrets.reveal('shop_api'), { code: 'secret-without-password', kind: 'usage' });
  await assert.rejects(secrets.rotate({ name: 'admin', to: 'previous' }, quiet), (error) => {
    assert.match((error as Failure).nextSteps[0] ?? '', /modify-db-cluster .*--rotate-master-user-password/);
    return (error as Failure).code === 'secret-of-rds';
  });
  await assert.rejects(secrets.schedule({ name: 'admin', everyDays: 7 }), { code: 'secret-of-rds' });
  await assert.rejects(secrets.describe('root'), { code: 'unknown-secret' });
});
