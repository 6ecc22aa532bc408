import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  ensureSecret,
  findSecret,
  findStoredSecret,
  replaceStoredSecret,
  secretPath,
} from '../../src/local/secrets-file.ts';

async function secretsFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dp-secrets-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'secrets');
}

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test('a new secret is random, in a file only its owner can read, in a folder only its owner can enter', async (t) => {
  const folder = await secretsFolder(t);
  const before = process.umask(0);
  t.after(() => process.umask(before));
  const one = await ensureSecret(folder, 'shop_api');
  const other = await ensureSecret(folder, 'etl_reader');
  assert.match(one.password, /^[\w-]{32}$/);
  assert.notEqual(one.password, other.password);
  assert.equal(await modeOf(secretPath(folder, 'shop_api')), '600');
  assert.equal(await modeOf(folder), '700');
});

test('a secrets folder that was left open is closed', async (t) => {
  const folder = await secretsFolder(t);
  await mkdir(folder, { mode: 0o777 });
  await ensureSecret(folder, 'admin');
  assert.equal(await modeOf(folder), '700');
});

test('all who ask at once get the same secret, and it stays the same', async (t) => {
  const folder = await secretsFolder(t);
  const got = await Promise.all(Array.from({ length: 10 }, () => ensureSecret(folder, 'admin')));
  assert.equal(new Set(got.map((secret) => secret.password)).size, 1);
  assert.deepEqual(await ensureSecret(folder, 'admin'), got[0]);
  assert.deepEqual(await readdir(folder), ['admin.json']);
});

test('a replaced secret is the one that is found', async (t) => {
  const folder = await secretsFolder(t);
  assert.equal(await findSecret(folder, 'admin'), undefined);
  await ensureSecret(folder, 'admin');
  const stored = await findStoredSecret(folder, 'admin');
  assert.ok(stored);
  await replaceStoredSecret(folder, { ...stored, username: 'somebody', password: 'another' });
  assert.deepEqual(await findSecret(folder, 'admin'), { username: 'somebody', password: 'another' });
  assert.equal(await modeOf(secretPath(folder, 'admin')), '600');
});
