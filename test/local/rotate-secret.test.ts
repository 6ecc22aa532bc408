// Rotations against the real server: killed at every step and at random moments, beside clients that read the
// secret for each connection. DP_ROTATION_ROUNDS=500 runs as many random kills as that.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLocalDatabase } from '../../src/local/database.ts';
import { setPasswords } from '../../src/local/database-passwords.ts';
import { ensureDatabaseUsers } from '../../src/local/database-users.ts';
import { openLocalSecrets } from '../../src/local/secrets.ts';
import { secretPath } from '../../src/local/secrets-file.ts';
import { openLocalShopStore } from '../../src/local/shop-store.ts';
import { openSqlSession } from '../../src/local/sql-session.ts';
import type { DatabaseUser } from '../../src/platform/database.ts';
import type { RotationStep, Secrets } from '../../src/platform/secrets.ts';
import { systemClock } from '../../src/std/clock.ts';
import { Failure } from '../../src/std/failure.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type ShopServer, sharedShopServer } from '../support/shop-server.ts';

const ROUNDS = Number(process.env.DP_ROTATION_ROUNDS ?? 12);
const GRACE_MS = 400;
const USERS: readonly DatabaseUser[] = ['etl_reader', 'shop_api', 'admin'];
const open = sharedShopServer();

const secretsOf = (server: ShopServer, afterStep?: (step: RotationStep) => Promise<void> | void): Secrets =>
  openLocalSecrets(
    { paths: server.paths, environmentVariables: server.environmentVariables },
    { clock: systemClock, graceMs: GRACE_MS, ...(afterStep === undefined ? {} : { afterStep }) },
  );
const quiet = (): void => undefined;

/** Logs in with exactly this password. */
async function accepts(server: ShopServer, user: DatabaseUser, password: string): Promise<boolean> {
  try {
    await using _session = await openSqlSession({ ...(await server.database.access(user)), password });
    return true;
  } catch (error) {
    assert.equal((error as Failure).code, 'database-login-refused');
    return false;
  }
}

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
    assert.equal(await accepts(server, user, after.password), true);
    assert.equal(await accepts(server, user, before.password), false);
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
  assert.equal(await accepts(server, 'etl_reader', first.password), true);
  assert.equal(await accepts(server, 'etl_reader', second.password), false);
  await secrets.rotate({ name: 'etl_reader', to: 'previous' }, quiet);
  assert.deepEqual(await secrets.reveal('etl_reader'), second);
  assert.equal(await accepts(server, 'etl_reader', first.password), false);
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
  const stop = new AbortController();
  let logins = 0;
  const client = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await using _session = await openSqlSession(await server.database.access('etl_reader'));
      logins++;
    }
  };
  const clients = [client(), client()];
  const settled = Promise.allSettled(clients);
  try {
    for (let round = 0; round < 6; round++) {
      await secrets.rotate({ name: 'etl_reader', to: round % 3 === 2 ? 'previous' : 'new' }, quiet);
    }
  } finally {
    stop.abort();
  }
  const ends = await settled;
  assert.deepEqual(
    ends.filter(({ status }) => status === 'rejected'),
    [],
  );
  assert.ok(logins > 20, `${logins} logins`);
});

test('a pool that was opened before a rotation makes new connections after it', async () => {
  const server = await open();
  const access = await server.database.access('shop_api');
  const currentPassword = async () => (await server.database.access('shop_api')).password;
  await using pool = await openLocalShopStore(access, { connectionsMax: 4, currentPassword });
  await pool.store.ping();
  await secretsOf(server).rotate({ name: 'shop_api', to: 'new' }, quiet);
  await Promise.all(Array.from({ length: 4 }, () => pool.store.ping()));
});

const KILL_AFTER: readonly RotationStep[] = ['create', 'set', 'test', 'finish', 'verify', 'retire'];
for (const user of ['etl_reader', 'admin'] as const) {
  for (const step of KILL_AFTER) {
    test(`killed after ${step}, ${user} can log in at once, and the next rotation recovers`, async () => {
      const server = await open();
      const child = startRotation(server, [user, 'new', step]);
      assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
      const secrets = secretsOf(server);
      const left = await secrets.reveal(user);
      assert.equal(await accepts(server, user, left.password), true);
      assert.equal((await secrets.describe(user)).state, step === 'retire' ? 'steady' : 'unfinished');
      const recovered: string[] = [];
      await secrets.rotate({ name: user, to: 'new' }, (event) => {
        if (event.step === 'recover' && event.state === 'done') recovered.push(event.message);
      });
      assert.equal(recovered.length, step === 'retire' ? 0 : 1);
      assert.equal(await accepts(server, user, left.password), false);
      assert.equal((await secrets.describe(user)).state, 'steady');
    });
  }
}

test(`killed at random moments, ${ROUNDS} times: the current secret always works`, async () => {
  const server = await open();
  const seed = Number(process.env.DP_SEED ?? Date.now() % 1_000_000);
  const random = seededRandom(seed);
  const secrets = secretsOf(server);
  const stop = new AbortController();
  const failures: unknown[] = [];
  const client = (async () => {
    while (!stop.signal.aborted) {
      for (const user of USERS) {
        try {
          await using _session = await openSqlSession(await server.database.access(user));
        } catch (error) {
          failures.push(error);
        }
      }
    }
  })();
  for (let round = 0; round < ROUNDS; round++) {
    const user = USERS[random.below(USERS.length)] ?? 'admin';
    const child = startRotation(server, [user, random.below(10) < 3 ? 'previous' : 'new']);
    const ended = once(child, 'exit');
    await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), ended]);
    const timer = setTimeout(() => child.kill('SIGKILL'), random.below(600));
    await ended;
    clearTimeout(timer);
    const { password } = await secrets.reveal(user);
    assert.equal(await accepts(server, user, password), true, `seed ${seed}, round ${round}, ${user}`);
  }
  stop.abort();
  await client;
  assert.deepEqual(failures, [], `seed ${seed}`);
  for (const user of USERS) {
    await secrets.rotate({ name: user, to: 'new' }, quiet);
    assert.equal((await secrets.describe(user)).state, 'steady', `seed ${seed}`);
  }
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
    assert.equal(await accepts(server, 'etl_reader', before.password), true);
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

function startRotation(server: ShopServer, args: readonly string[], graceMs = GRACE_MS) {
  const script = join(import.meta.dirname, '..', 'support', 'rotate-child.ts');
  const { NODE_TEST_CONTEXT: _test, ...env } = server.environmentVariables;
  return spawn(process.execPath, [script, server.projectRoot, ...args], {
    env: { ...env, ROTATE_GRACE_MS: String(graceMs) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
