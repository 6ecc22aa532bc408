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

test('a name or --all is needed, and an unknown name is refused', async () => {
  assert.equal((await dp('secrets', 'rotate')).code, 64);
  assert.equal((await dp('secrets', 'rotate', 'etl_reader', '--all')).code, 64);
  const unknown = await dp('secrets', 'rotate', 'root');
  assert.equal(unknown.code, 64);
  assert.match(unknown.stderr, /There are: etl_reader, shop_api, admin/);
});
