// Secrets as an operator handles them: real processes, a real server, a shop of its own.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { type DpEnd, runDp } from '../support/run-dp.ts';

const root = mkdtempSync(join(tmpdir(), 'dp-secrets-'));
const dp = (...args: string[]): Promise<DpEnd> => runDp(args, { cwd: root });
const passwordOf = (name: string): string =>
  JSON.parse(readFileSync(join(root, '.dp', 'local', 'secrets', `${name}.json`), 'utf8')).password;

before(async () => {
  writeFileSync(join(root, 'dp.config.json'), '{}');
  const deployed = await dp('deploy', '--orders', '0', '--json');
  assert.equal(deployed.code, 0, deployed.stdout);
});

after(async () => {
  await dp('destroy', '--confirm', 'local');
  rmSync(root, { recursive: true });
});

test('list names every secret with its age, versions and consumers, and no value', async () => {
  const { code, stdout } = await dp('secrets', 'list', '--json');
  assert.equal(code, 0);
  const { secrets } = JSON.parse(stdout);
  assert.deepEqual(
    secrets.map((secret: { name: string }) => secret.name),
    ['etl_reader', 'shop_api', 'admin'],
  );
  assert.equal(secrets[0].ageDays, 0);
  assert.equal(secrets[0].versions.length, 1);
  assert.ok(secrets[0].consumers.includes('daily load'));
  assert.ok(!stdout.includes(passwordOf('etl_reader')));
  assert.match((await dp('secrets', 'list')).stdout, /^etl_reader .*0 days .*by hand/m);
});

test('show hides the value; revealing it needs an answer', async () => {
  const hidden = await dp('secrets', 'show', 'etl_reader');
  assert.match(hidden.stdout, /password {2}\(hidden/);
  const asked = await dp('secrets', 'show', 'etl_reader', '--reveal');
  assert.equal(asked.code, 4);
  assert.ok(!asked.stdout.includes(passwordOf('etl_reader')));
  const shown = await dp('secrets', 'show', 'etl_reader', '--reveal', '--yes', '--json');
  assert.equal(JSON.parse(shown.stdout).password, passwordOf('etl_reader'));
});

test('--exec hands the value to a command unseen, and ends as the command did', async () => {
  const check = `test "$DP_SECRET_PASSWORD" = "$MYSQL_PWD" && echo $DP_SECRET_USERNAME \${#MYSQL_PWD}`;
  const { code, stdout } = await dp('secrets', 'show', 'shop_api', '--exec', check);
  assert.equal(code, 0);
  assert.equal(stdout, 'shop_api 32\n');
  const inJson = await dp('secrets', 'show', 'shop_api', '--exec', check, '--json');
  assert.equal(JSON.parse(inJson.stdout).password, undefined);
  assert.match(inJson.stderr, /^shop_api 32$/m);
  const failed = await dp('secrets', 'show', 'shop_api', '--exec', 'exit 7');
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /ended with code 7/);
});

test('rotate prints one verified line per consumer and no password', async () => {
  const old = passwordOf('etl_reader');
  const { code, stdout, stderr } = await dp('secrets', 'rotate', 'etl_reader');
  assert.equal(code, 0, stderr);
  for (const consumer of ['dp db exec and shell', 'passwordless door', 'daily load', 'the old password']) {
    assert.match(stdout, new RegExp(`^ {2}verified {2}${consumer}`, 'm'));
  }
  assert.match(stdout, /To undo, run: dp secrets rollback etl_reader/);
  assert.match(stderr, /preflight .*Used by/);
  for (const password of [old, passwordOf('etl_reader')]) assert.ok(!(stdout + stderr).includes(password));
  assert.equal((await dp('db', 'exec', 'SELECT 1')).code, 0);
});

test('rollback brings the earlier password back, and history shows the labels moved', async () => {
  const newer = passwordOf('etl_reader');
  const { code, stdout } = await dp('secrets', 'rollback', 'etl_reader', '--json');
  assert.equal(code, 0, stdout);
  const [{ toVersion }] = JSON.parse(stdout).rotated;
  assert.notEqual(passwordOf('etl_reader'), newer);
  const { versions } = JSON.parse((await dp('secrets', 'history', 'etl_reader', '--json')).stdout);
  const current = versions.find(({ labels }: { labels: string[] }) => labels.includes('AWSCURRENT'));
  assert.equal(current.id, toVersion);
  assert.equal((await dp('db', 'exec', 'SELECT 1')).code, 0);
});

test('--all rotates every secret, the admin’s too', async () => {
  const { code, stdout } = await dp('secrets', 'rotate', '--all', '--json');
  assert.equal(code, 0, stdout);
  assert.equal(JSON.parse(stdout).rotated.length, 3);
  assert.equal((await dp('db', 'migrate')).code, 0);
});

test('schedule keeps an interval, list shows the next rotation, and what is due is said everywhere', async () => {
  assert.match((await dp('secrets', 'schedule', 'shop_api')).stdout, /shop_api has no schedule/);
  const set = await dp('secrets', 'schedule', 'shop_api', '--every', '4w', '--json');
  const { everyDays, nextRotationAt, rotatedBy, isDue } = JSON.parse(set.stdout);
  assert.deepEqual({ everyDays, rotatedBy, isDue }, { everyDays: 28, rotatedBy: 'operator', isDue: false });
  const next = nextRotationAt.slice(0, 10);
  assert.match((await dp('secrets', 'list')).stdout, new RegExp(`^shop_api .*${next}`, 'm'));
  assert.match((await dp('secrets', 'schedule', 'shop_api')).stdout, /Nothing rotates it by itself here/);
  const { entries } = JSON.parse((await dp('history', '--json')).stdout);
  assert.equal((await dp('undo', entries[0].id, '--yes')).code, 0);
  assert.match((await dp('secrets', 'schedule', 'shop_api')).stdout, /has no schedule/);

  await dp('secrets', 'schedule', 'shop_api', '--every', '1d');
  const path = join(root, '.dp', 'local', 'secrets', 'shop_api.json');
  const stored = JSON.parse(readFileSync(path, 'utf8'));
  for (const version of stored.versions) {
    if (version.labels.includes('AWSCURRENT')) version.currentAt = '2026-01-01T00:00:00.000Z';
  }
  writeFileSync(path, JSON.stringify(stored));
  assert.match((await dp('secrets', 'list')).stdout, /^shop_api .*2026-01-02, due/m);
  assert.match((await dp('status')).stdout, /shop_api \d+ days \(due: dp secrets rotate shop_api\)/);
  const { hops } = JSON.parse((await dp('doctor', '--json')).stdout);
  const hop = hops.find(({ name }: { name: string }) => name === 'secrets');
  assert.deepEqual([hop.light, hop.command], ['yellow', 'dp secrets rotate shop_api']);
  assert.equal((await dp('secrets', 'rotate', 'shop_api')).code, 0);
  assert.doesNotMatch((await dp('secrets', 'list')).stdout, /due/);
});

test('an interval that is none is refused', async () => {
  for (const every of ['0d', '30', 'monthly', '1001d']) {
    const refused = await dp('secrets', 'schedule', 'shop_api', '--every', every);
    assert.equal(refused.code, 64, every);
  }
  assert.equal((await dp('secrets', 'schedule', 'shop_api', '--every', '1d', '--off')).code, 64);
});

test('a name or --all is needed, and an unknown name is refused', async () => {
  assert.equal((await dp('secrets', 'rotate')).code, 64);
  assert.equal((await dp('secrets', 'rotate', 'etl_reader', '--all')).code, 64);
  const unknown = await dp('secrets', 'rotate', 'root');
  assert.equal(unknown.code, 64);
  assert.match(unknown.stderr, /There are: etl_reader, shop_api, admin/);
});

test('two users take turns where the settings say so', async () => {
  const database = { rotationStrategy: 'alternating-users' };
  const config = join(root, 'dp.config.json');
  writeFileSync(config, JSON.stringify({ environments: { local: { kind: 'local', database } } }));
  assert.match(
    (await dp('config', 'explain')).stdout,
    /^rotationStrategy +alternating-users .*dp\.config\.json/m,
  );
  const [first, second] = [
    await dp('secrets', 'rotate', 'etl_reader'),
    await dp('secrets', 'rotate', 'etl_reader'),
  ];
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /verified {2}daily load .*as etl_reader_clone@%/);
  assert.match(first.stdout, /verified {2}the login before .*of etl_reader, .*works until the next rotation/);
  assert.doesNotMatch(first.stdout, /the old password/);
  assert.match(second.stdout, /verified {2}the old password .*of etl_reader, .*is refused/);
  assert.match(
    (await dp('secrets', 'show', 'etl_reader')).stdout,
    /etl_reader and etl_reader_clone take turns/,
  );
  const back = JSON.parse((await dp('secrets', 'rollback', 'etl_reader', '--json')).stdout).rotated[0];
  assert.deepEqual([back.oldPassword, back.kept.username, back.refused], ['kept', 'etl_reader', null]);
  const { stdout } = await dp('secrets', 'show', 'etl_reader', '--exec', 'echo $DP_SECRET_USERNAME');
  assert.equal(stdout, 'etl_reader_clone\n');
  assert.match((await dp('db', 'exec', 'SELECT CURRENT_USER()')).stdout, /etl_reader_clone@%/);
  assert.equal((await dp('deploy', '--json')).code, 0);
  assert.equal((await dp('etl', 'status')).code, 0);
});
