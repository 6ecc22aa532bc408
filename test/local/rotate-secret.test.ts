// Rotations against the real server: killed at every step and at random moments, beside clients that read the
// secret for each connection. DP_ROTATION_ROUNDS=500 runs as many random kills as that.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLocalDatabase } from '../../src/local/database.ts';
import { setPasswords } from '../../src/local/database-logins.ts';
import { ensureDatabaseUsers } from '../../src/local/database-users.ts';
import { secretPath } from '../../src/local/secrets-file.ts';
import { openLocalShopStore } from '../../src/local/shop-store.ts';
import type { RotationStep, Secrets } from '../../src/platform/secrets.ts';
import { Failure } from '../../src/std/failure.ts';
import {
  accepts,
  secretsOf as openSecrets,
  quiet,
  STEPS,
  startClients,
  startRotation,
  surviveKills,
  USERS,
} from '../support/local-rotations.ts';
import { type ShopServer, sharedShopServer } from '../support/shop-server.ts';

const ROUNDS = Number(process.env.DP_ROTATION_ROUNDS ?? 12);
const open = sharedShopServer();
const secretsOf = (server: ShopServer, afterStep?: (step: RotationStep) => Promise<void> | void): Secrets =>
  openSecrets(server, 'single-user', afterStep);

for (const user of USERS) {
  test(`rotating ${user}: everybody logs in with the new password, the old one is refused`, async () => {
    const server = await open();
    const secrets = secretsOf(server);
    const before = await secrets.reveal(user);
    const steps: string[] = [];
    const result = await secrets.rotate({ name: user, to: 'new' }, ({ step, state }) => {
      if (state === 'done') steps.push(step);
    });
    assert.deepEqual(steps, ['preflight', 'create', 'set', 'test', 'finish', 'verify', 'retire']);
    assert.ok(
      result.consumers.length >= 2 && result.consumers.every(({ outcome }) => outcome === 'verified'),
    );
    const after = await secrets.reveal(user);
    assert.notEqual(after.password, before.password);
    assert.equal(await accepts(server, after), true);
    assert.equal(await accepts(server, before), false);
    const { versions, state } = await secrets.describe(user);
    assert.equal(state, 'steady');
    assert.deepEqual(versions.find(({ id }) => id === result.toVersion)?.labels, ['AWSCURRENT']);
    assert.deepEqual(versions.find(({ id }) => id === result.fromVersion)?.labels, ['AWSPREVIOUS']);
  });
}

test('a rollback gives the database the earlier password again, and twice is as before', async () => {
  const server = await open();
  const secrets = secretsOf(server);
  await secrets.rotate({ name: 'etl_reader', to: 'new' }, quiet);
  const first = await secrets.reveal('etl_reader');
  await secrets.rotate({ name: 'etl_reader', to: 'new' }, quiet);
  const second = await secrets.reveal('etl_reader');
  await secrets.rotate({ name: 'etl_reader', to: 'previous' }, quiet);
  assert.deepEqual(await secrets.reveal('etl_reader'), first);
  assert.equal(await accepts(server, first), true);
  assert.equal(await accepts(server, second), false);
  await secrets.rotate({ name: 'etl_reader', to: 'previous' }, quiet);
  assert.deepEqual(await secrets.reveal('etl_reader'), second);
  assert.equal(await accepts(server, first), false);
});

test('rights survive rotations, and a deploy finds nothing to do after one', async () => {
  const server = await open();
  await secretsOf(server).rotate({ name: 'etl_reader', to: 'new' }, quiet);
  await using admin = await server.database.connect('admin');
  const users = { secrets: server.paths.secrets, databaseName: server.database.name };
  assert.equal(await ensureDatabaseUsers(users, { admin }), false);
});

test('a client that reads the secret for each connection never fails while rotations run in a loop', async () => {
  const server = await open();
  const secrets = secretsOf(server);
  await using clients = startClients(server, ['etl_reader'], 2);
  for (let round = 0; round < 6; round++) {
    await secrets.rotate({ name: 'etl_reader', to: round % 3 === 2 ? 'previous' : 'new' }, quiet);
  }
  const { refusals, logins } = await clients.stop();
  assert.deepEqual(refusals, []);
  assert.ok(logins > 20, `${logins} logins`);
});

test('a pool that was opened before a rotation makes new connections after it', async () => {
  const server = await open();
  const access = await server.database.access('shop_api');
  const currentLogin = () => server.database.access('shop_api');
  await using pool = await openLocalShopStore(access, { connectionsMax: 4, currentLogin });
  await pool.store.ping();
  await secretsOf(server).rotate({ name: 'shop_api', to: 'new' }, quiet);
  await Promise.all(Array.from({ length: 4 }, () => pool.store.ping()));
});

for (const user of ['etl_reader', 'admin'] as const) {
  for (const step of STEPS) {
    test(`killed after ${step}, ${user} can log in at once, and the next rotation recovers`, async () => {
      const server = await open();
      const child = startRotation(server, {
        strategy: 'single-user',
        name: user,
        to: 'new',
        killAfter: step,
      });
      assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
      const secrets = secretsOf(server);
      const left = await secrets.reveal(user);
      assert.equal(await accepts(server, left), true);
      assert.equal((await secrets.describe(user)).state, step === 'retire' ? 'steady' : 'unfinished');
      const recovered: string[] = [];
      await secrets.rotate({ name: user, to: 'new' }, (event) => {
        if (event.step === 'recover' && event.state === 'done') recovered.push(event.message);
      });
      assert.equal(recovered.length, step === 'retire' ? 0 : 1);
      assert.equal(await accepts(server, left), false);
      assert.equal((await secrets.describe(user)).state, 'steady');
    });
  }
}

test(`killed at random moments, ${ROUNDS} times: the current secret always works`, async (t) => {
  const seed = Number(process.env.DP_SEED ?? Date.now() % 1_000_000);
  const { killed, logins } = await surviveKills(await open(), {
    strategy: 'single-user',
    rounds: ROUNDS,
    seed,
  });
  t.diagnostic(`seed ${seed}: ${killed} of ${ROUNDS} killed, ${logins} logins, none refused`);
});

for (const step of ['set', 'finish'] as const) {
  test(`when something fails after ${step}, the password that worked is in the database and current again`, async () => {
    const server = await open();
    const secrets = secretsOf(server, (done) => {
      if (done === step) throw new Error('the network is gone');
    });
    const before = await secrets.reveal('etl_reader');
    await assert.rejects(secrets.rotate({ name: 'etl_reader', to: 'new' }, quiet), (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, 'rotation-failed');
      assert.match(error.message, /the network is gone.*daily load: works/);
      assert.ok(!error.message.includes(before.password));
      return true;
    });
    assert.deepEqual(await secrets.reveal('etl_reader'), before);
    assert.equal(await accepts(server, before), true);
    await using admin = await server.database.connect('admin');
    const { rows } = await admin.query("SHOW GRANTS FOR 'etl_reader'@'%'");
    assert.doesNotMatch(String(rows[0]), / OR /);
    assert.equal((await secrets.describe('etl_reader')).state, 'steady');
  });
}

test('a password that somebody changed by hand is put right by recovering', async () => {
  const server = await open();
  const secrets = secretsOf(server);
  {
    await using admin = await server.database.connect('admin');
    await setPasswords({ username: 'shop_api', passwords: ['by-hand'] }, { admin });
  }
  assert.ok((await secrets.check('shop_api')).every(({ outcome }) => outcome === 'failed'));
  assert.equal(await secrets.recover('shop_api', quiet), true);
  assert.ok((await secrets.check('shop_api')).every(({ outcome }) => outcome === 'verified'));
  assert.equal(await secrets.recover('shop_api', quiet), false);
});

test('the database having lost the last change of the admin’s own password is no way to be locked out', async () => {
  const server = await open();
  const secrets = secretsOf(server);
  const previous = await secrets.reveal('admin');
  await secrets.rotate({ name: 'admin', to: 'new' }, quiet);
  {
    await using admin = await server.database.connect('admin');
    await setPasswords({ username: 'admin', passwords: [previous.password] }, { admin });
  }
  assert.equal(await secrets.recover('admin', quiet), true);
  assert.ok((await secrets.check('admin')).every(({ outcome }) => outcome === 'verified'));
});

test('an interval is kept over rotations, counts from the last one, and can be taken away', async () => {
  const server = await open();
  const secrets = secretsOf(server);
  assert.equal((await secrets.describe('etl_reader')).nextRotationAt, null);
  await secrets.schedule({ name: 'etl_reader', everyDays: 30 });
  await secrets.rotate({ name: 'etl_reader', to: 'new' }, quiet);
  const { everyDays, changedAt, nextRotationAt, rotatedBy } = await secrets.describe('etl_reader');
  assert.deepEqual([everyDays, rotatedBy], [30, 'operator']);
  assert.equal(Date.parse(nextRotationAt ?? '') - Date.parse(changedAt ?? ''), 30 * 86_400_000);
  assert.equal((await secrets.schedule({ name: 'etl_reader', everyDays: null })).nextRotationAt, null);
});

test('two rotations at once take turns', async () => {
  const server = await open();
  const secrets = secretsOf(server);
  const ends = await Promise.all([
    secrets.rotate({ name: 'etl_reader', to: 'new' }, quiet),
    secrets.rotate({ name: 'etl_reader', to: 'new' }, quiet),
  ]);
  const [one, other] = ends;
  assert.ok(one?.toVersion === other?.fromVersion || other?.toVersion === one?.fromVersion);
});

test('errors name the secret and a next step', async () => {
  const server = await open();
  const secrets = secretsOf(server);
  await assert.rejects(secrets.describe('root'), { code: 'unknown-secret', kind: 'usage' });
  await server.database.access('admin');
  const path = secretPath(server.paths.secrets, 'etl_reader');
  const text = await readFile(path, 'utf8');
  const { versions: _versions, ...old } = JSON.parse(text);
  await writeFile(path, JSON.stringify(old));
  await assert.rejects(secrets.rotate({ name: 'etl_reader', to: 'previous' }, quiet), {
    code: 'no-previous-secret',
  });
  await writeFile(path, '{"password":');
  await assert.rejects(secrets.describe('etl_reader'), (error: Failure) => {
    return error.code === 'secret-unreadable' && error.nextSteps.length > 0;
  });
  await writeFile(path, text);
  await using _works = await openLocalDatabase(server).connect('etl_reader');
});

test('secrets stay readable by their owner only, and no draft is left', async () => {
  const server = await open();
  const { secrets } = server.paths;
  const files = await readdir(secrets);
  assert.deepEqual(files.sort(), ['admin.json', 'etl_reader.json', 'shop_api.json']);
  for (const file of files) assert.equal((await stat(join(secrets, file))).mode & 0o777, 0o600);
});
