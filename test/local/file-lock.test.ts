import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ownerText, withFileLock } from '../../src/local/file-lock.ts';

const WAIT_MS = 30_000;
const ROUNDS = 40;

async function lockPath(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dp-lock-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'a.lock');
}

/** A living process that is not this one. */
async function otherProcess(t: TestContext): Promise<number> {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  await once(child, 'spawn');
  t.after(() => child.kill('SIGKILL'));
  return child.pid ?? 0;
}

test('one holder at a time, and nothing is left behind', async (t) => {
  const path = await lockPath(t);
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await readlink(path);
    inside -= 1;
  };
  const lock = { path, purpose: 'test', timeoutMs: WAIT_MS };
  await Promise.all(Array.from({ length: 8 }, () => withFileLock(lock, work)));
  assert.equal(most, 1);
  assert.deepEqual(await readdir(join(path, '..')), []);
});

test('the lock is freed when the work fails', async (t) => {
  const path = await lockPath(t);
  const lock = { path, purpose: 'test', timeoutMs: WAIT_MS };
  const fail = withFileLock(lock, async () => {
    throw new Error('on purpose');
  });
  await assert.rejects(fail, /on purpose/);
  assert.equal(await withFileLock(lock, async () => 'again'), 'again');
});

test('a lock of a living process is respected, and the failure names it', async (t) => {
  const path = await lockPath(t);
  const pid = await otherProcess(t);
  const owner = await ownerText(pid, 'x');
  await symlink(owner, path);
  const asked = withFileLock({ path, purpose: 'deploy', timeoutMs: 0 }, async () => undefined);
  await assert.rejects(asked, { code: 'local-busy', kind: 'temporary', message: new RegExp(String(pid)) });
  assert.equal(await readlink(path), owner);
});

test('a lock whose number now belongs to another process is taken over', async (t) => {
  const path = await lockPath(t);
  const pid = await otherProcess(t);
  await symlink(`${pid}:0123456789abcdef:x`, path);
  const lock = { path, purpose: 'test', timeoutMs: 0 };
  const results = await Promise.all(
    [1, 2, 3].map((n) => withFileLock({ ...lock, timeoutMs: WAIT_MS }, async () => n)),
  );
  assert.deepEqual(results, [1, 2, 3]);
});

test('of many who find a dead lock one at a time gets it, and what he got is never taken from him', async (t) => {
  const path = await lockPath(t);
  const lock = { path, purpose: 'test', timeoutMs: WAIT_MS };
  for (let round = 0; round < ROUNDS; round++) {
    await symlink('1:0123456789abcdef:x', path);
    let inside = 0;
    const work = async () => {
      inside += 1;
      assert.equal(inside, 1);
      assert.equal((await readlink(path)).split(':')[0], String(process.pid));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 6 }, () => withFileLock(lock, work)));
  }
  assert.deepEqual(await readdir(join(path, '..')), []);
});

test('a takeover that was killed in the middle stops nobody', async (t) => {
  const path = await lockPath(t);
  for (const name of [path, `${path}.takeover`]) await symlink('1:0123456789abcdef:x', name);
  assert.equal(await withFileLock({ path, purpose: 'test', timeoutMs: WAIT_MS }, async () => 'in'), 'in');
  assert.deepEqual(await readdir(join(path, '..')), []);
});

test('a damaged lock belongs to nobody', async (t) => {
  const path = await lockPath(t);
  await writeFile(path, 'no link');
  assert.equal(await withFileLock({ path, purpose: 'test', timeoutMs: 0 }, async () => 'in'), 'in');
  await symlink('nonsense', path);
  assert.equal(await withFileLock({ path, purpose: 'test', timeoutMs: 0 }, async () => 'in'), 'in');
});

test('waiting for a lock can be interrupted', async (t) => {
  const path = await lockPath(t);
  const pid = await otherProcess(t);
  await symlink(await ownerText(pid, 'x'), path);
  const stop = new AbortController();
  const asked = withFileLock(
    { path, purpose: 'test', timeoutMs: WAIT_MS, signal: stop.signal },
    async () => undefined,
  );
  stop.abort(new Error('stopped by the operator'));
  await assert.rejects(asked, /stopped by the operator/);
});
