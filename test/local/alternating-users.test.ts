// Two users who take turns, against the real server: the second one has the same rights, the login from before keeps
// working until the next rotation, and wherever a rotation is killed the current secret is never refused.
// DP_ROTATION_ROUNDS=500 runs as many random kills as that.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { grantsOf } from '../../src/local/database-logins.ts';
import { ensureDatabaseUsers } from '../../src/local/database-users.ts';
import { openLocalShopStore } from '../../src/local/shop-store.ts';
import { openSqlSession } from '../../src/local/sql-session.ts';
import type { DatabaseUser } from '../../src/platform/database.ts';
import type { RotationStep, RotationStrategy, Secrets, SecretValue } from '../../src/platform/secrets.ts';
import { Failure } from '../../src/std/failure.ts';
import {
  accepts,
  quiet,
  STEPS,
  secretsOf,
  startClients,
  startRotation,
  surviveKills,
} from '../support/local-rotations.ts';
import { type ShopServer, startShopServer } from '../support/shop-server.ts';

const ROUNDS = Number(process.env.DP_ROTATION_ROUNDS ?? 12);
const TWO: RotationStrategy = 'alternating-users';

const rotate = (secrets: Secrets, name: DatabaseUser = 'etl_reader', to: 'new' | 'previous' = 'new') =>
  secrets.rotate({ name, to }, quiet);

/** Rotates `count` times and gives each login that was current, oldest first. */
async function logins(secrets: Secrets, count: number, name: DatabaseUser = 'etl_reader') {
  const seen = [await secrets.reveal(name)];
  for (let at = 0; at < count; at++) {
    await rotate(secrets, name);
    seen.push(await secrets.reveal(name));
  }
  return seen as [SecretValue, SecretValue, ...SecretValue[]];
}

async function usersLike(server: ShopServer, pattern: string): Promise<string[]> {
  await using admin = await server.database.connect('admin');
  const { rows } = await admin.query('SELECT User FROM mysql.user WHERE User LIKE ? ORDER BY User', [
    pattern,
  ]);
  return rows.map(([user]) => user ?? '');
}

/** The rights of a user, without his name and his login. */
async function rightsOf(server: ShopServer, user: string): Promise<string[]> {
  await using admin = await server.database.connect('admin');
  const grants = await grantsOf(user, { admin });
  return grants
    .map((line) => line.replaceAll(`\`${user}\``, 'somebody').replace(/ IDENTIFIED .*$/, ''))
    .sort();
}

test('users take turns: the login before keeps working, the one before that is refused', async (t) => {
  const server = await startShopServer(t);
  const secrets = secretsOf(server, TWO);
  const first = await secrets.reveal('etl_reader');
  const one = await rotate(secrets);
  assert.deepEqual([one.oldPassword, one.refused], ['kept', null]);
  const second = await secrets.reveal('etl_reader');
  assert.deepEqual([first.username, second.username], ['etl_reader', 'etl_reader_clone']);
  assert.ok(one.consumers.length >= 2);
  for (const { outcome, detail } of one.consumers) {
    assert.equal(outcome, 'verified');
    assert.match(detail, /as etl_reader_clone@%/);
  }
  assert.deepEqual([await accepts(server, first), await accepts(server, second)], [true, true]);

  const two = await rotate(secrets);
  const third = await secrets.reveal('etl_reader');
  assert.equal(third.username, 'etl_reader');
  assert.deepEqual(two.refused, { username: 'etl_reader', version: one.fromVersion });
  assert.equal(await accepts(server, first), false);
  assert.deepEqual([await accepts(server, second), await accepts(server, third)], [true, true]);
  const { username, strategy, state } = await secrets.describe('etl_reader');
  assert.deepEqual([username, strategy, state], ['etl_reader', TWO, 'steady']);
});

test('the second user has the rights of the first, whatever they are at that time', async (t) => {
  const server = await startShopServer(t);
  const secrets = secretsOf(server, TWO);
  await rotate(secrets);
  assert.deepEqual(await rightsOf(server, 'etl_reader_clone'), await rightsOf(server, 'etl_reader'));
  await using admin = await server.database.connect('admin');
  await admin.query('CREATE TABLE stg_core.probe (id INT)');
  await using reader = await server.database.connect('etl_reader');
  assert.deepEqual((await reader.query('SELECT COUNT(*) FROM probe')).rows, [['0']]);
  await assert.rejects(reader.query('INSERT INTO probe VALUES (1)'), /INSERT command denied/);

  await admin.query('CREATE DATABASE other');
  await admin.query("GRANT SELECT, INSERT ON other.* TO 'etl_reader_clone'@'%' WITH GRANT OPTION");
  await admin.query("GRANT UPDATE ON stg_core.probe TO 'etl_reader'@'%'");
  await rotate(secrets);
  const rights = await rightsOf(server, 'etl_reader');
  assert.ok(rights.some((line) => /GRANT SELECT, INSERT ON `other`.*WITH GRANT OPTION/.test(line)));
  assert.ok(!rights.some((line) => /UPDATE/.test(line)), 'what only the other had is taken away');
  assert.deepEqual(rights, await rightsOf(server, 'etl_reader_clone'));
});

test('a rollback goes back to the other user, whose login works; twice is as before', async (t) => {
  const server = await startShopServer(t);
  const secrets = secretsOf(server, TWO);
  const [, second, third] = await logins(secrets, 2);
  assert.ok(third);
  const back = await rotate(secrets, 'etl_reader', 'previous');
  assert.deepEqual([back.oldPassword, back.refused], ['kept', null]);
  assert.deepEqual(await secrets.reveal('etl_reader'), second);
  assert.deepEqual([await accepts(server, second), await accepts(server, third)], [true, true]);
  await rotate(secrets, 'etl_reader', 'previous');
  assert.deepEqual(await secrets.reveal('etl_reader'), third);
  await rotate(secrets, 'etl_reader', 'previous');
  const next = await rotate(secrets);
  assert.equal(next.refused?.username, 'etl_reader');
  assert.equal(
    await accepts(server, third),
    false,
    'a rotation after the rollback refuses what was rolled back from',
  );
});

test('the admin takes turns with nobody', async (t) => {
  const server = await startShopServer(t);
  const secrets = secretsOf(server, TWO);
  assert.equal((await rotate(secrets, 'admin')).oldPassword, 'refused');
  assert.equal((await secrets.describe('admin')).strategy, 'single-user');
  assert.deepEqual(await usersLike(server, 'admin%'), ['admin']);
});

test('a deploy finds nothing to do, and puts right what somebody changed by hand on either user', async (t) => {
  const server = await startShopServer(t);
  const secrets = secretsOf(server, TWO);
  const [first, second] = await logins(secrets, 1);
  const deploy = async () => {
    await using admin = await server.database.connect('admin');
    return await ensureDatabaseUsers({ secrets: server.paths.secrets, databaseName: 'stg_core' }, { admin });
  };
  assert.equal(await deploy(), false);
  {
    await using admin = await server.database.connect('admin');
    await admin.query("DROP USER 'etl_reader'@'%'");
    await admin.query("SET PASSWORD FOR 'etl_reader_clone'@'%' = PASSWORD('by hand')");
  }
  assert.equal(await deploy(), true);
  assert.deepEqual([await accepts(server, first), await accepts(server, second)], [true, true]);
  assert.equal(await deploy(), false);
});

test('back to one user: he is the first, and the second is gone after two rotations', async (t) => {
  const server = await startShopServer(t);
  const two = secretsOf(server, TWO);
  const [, second] = await logins(two, 1);
  const one = secretsOf(server, 'single-user');
  assert.equal((await rotate(one)).oldPassword, 'kept');
  assert.equal((await one.reveal('etl_reader')).username, 'etl_reader');
  assert.equal(await accepts(server, second), true);
  assert.equal((await rotate(one)).oldPassword, 'refused');
  assert.equal(await accepts(server, second), false);
  assert.deepEqual(await usersLike(server, 'etl_reader%'), ['etl_reader']);
  await rotate(two);
  assert.equal((await rotate(two)).refused?.username, 'etl_reader');
});

test('clients that read the secret for each connection never fail while rotations run in a loop', async (t) => {
  const server = await startShopServer(t);
  const secrets = secretsOf(server, TWO);
  await using clients = startClients(server, ['etl_reader', 'shop_api'], 2);
  for (let round = 0; round < 12; round++) {
    await rotate(secrets, round % 2 === 0 ? 'etl_reader' : 'shop_api', round % 5 === 4 ? 'previous' : 'new');
  }
  const ended = await clients.stop();
  assert.deepEqual(ended.refusals, []);
  assert.ok(ended.logins > 20, `${ended.logins} logins`);
});

test('whoever keeps a login over one rotation is never refused; a pool of the Shop API survives any number', async (t) => {
  const server = await startShopServer(t);
  const secrets = secretsOf(server, TWO);
  const access = await server.database.access('shop_api');
  await using pool = await openLocalShopStore(access, {
    connectionsMax: 4,
    currentLogin: () => server.database.access('shop_api'),
  });
  for (let round = 0; round < 5; round++) {
    const kept = await secrets.reveal('shop_api');
    await rotate(secrets, 'shop_api');
    await using _session = await openSqlSession({ ...access, user: kept.username, password: kept.password });
    await Promise.all(Array.from({ length: 4 }, () => pool.store.ping()));
    // Without open connections the pool must log in anew.
    await using admin = await server.database.connect('admin');
    for (const [id] of (
      await admin.query("SELECT id FROM information_schema.processlist WHERE user LIKE 'shop_api%'")
    ).rows) {
      await admin.query(`KILL ${Number(id)}`).catch(() => undefined);
    }
  }
});

for (const to of ['new', 'previous'] as const) {
  test(`killed after any step of a rotation to the ${to} login, the current one works, the one before as well`, async (t) => {
    const server = await startShopServer(t);
    const secrets = secretsOf(server, TWO);
    await logins(secrets, 2);
    for (const killAfter of STEPS) {
      const child = startRotation(server, { strategy: TWO, name: 'etl_reader', to, killAfter });
      assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL'], killAfter);
      const left = await secrets.reveal('etl_reader');
      assert.equal(await accepts(server, left), true, killAfter);
      const isOver = killAfter === 'retire';
      assert.equal((await secrets.describe('etl_reader')).state, isOver ? 'steady' : 'unfinished', killAfter);
      assert.equal(await secrets.recover('etl_reader', quiet), !isOver, killAfter);
      assert.deepEqual(await secrets.reveal('etl_reader'), left);
      // What is labelled AWSPREVIOUS can be gone back to, and from there to where we are.
      await rotate(secrets, 'etl_reader', 'previous');
      assert.equal(await accepts(server, left), true, killAfter);
      await rotate(secrets, 'etl_reader', 'previous');
      assert.deepEqual(await secrets.reveal('etl_reader'), left);
    }
  });
}

test('killed in the very first turn, no user is left whose password nobody has', async (t) => {
  const server = await startShopServer(t);
  const secrets = secretsOf(server, TWO);
  const child = startRotation(server, { strategy: TWO, name: 'etl_reader', to: 'new', killAfter: 'set' });
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
  assert.deepEqual(await usersLike(server, 'etl_reader%'), ['etl_reader', 'etl_reader_clone']);
  await secrets.recover('etl_reader', quiet);
  assert.deepEqual(await usersLike(server, 'etl_reader%'), ['etl_reader']);
});

for (const step of ['set', 'finish'] as const satisfies readonly RotationStep[]) {
  test(`when something fails after ${step}, both logins from before work, and no other`, async (t) => {
    const server = await startShopServer(t);
    const [, second, third] = await logins(secretsOf(server, TWO), 2);
    assert.ok(third);
    const failing = secretsOf(server, TWO, (done) => {
      if (done === step) throw new Error('the network is gone');
    });
    await assert.rejects(rotate(failing), (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, 'rotation-failed');
      assert.match(error.message, /the network is gone.*daily load: works/);
      return true;
    });
    assert.deepEqual(await failing.reveal('etl_reader'), third);
    assert.deepEqual([await accepts(server, second), await accepts(server, third)], [true, true]);
    await using admin = await server.database.connect('admin');
    for (const user of ['etl_reader', 'etl_reader_clone']) {
      assert.doesNotMatch(String((await grantsOf(user, { admin }))[0]), / OR /);
    }
    assert.equal((await failing.describe('etl_reader')).state, 'steady');
  });
}

test(`killed at random moments, ${ROUNDS} times: the current secret always works`, async (t) => {
  const seed = Number(process.env.DP_SEED ?? Date.now() % 1_000_000);
  const server = await startShopServer(t);
  const { killed, logins: made } = await surviveKills(server, { strategy: TWO, rounds: ROUNDS, seed });
  t.diagnostic(`seed ${seed}: ${killed} of ${ROUNDS} killed, ${made} logins, none refused`);
});
