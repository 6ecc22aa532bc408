// The environment at a glance, once and watched.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { after, before } from 'node:test';
import { type DpEnd, runDp, startDp } from '../support/run-dp.ts';

const root = mkdtempSync(join(tmpdir(), 'dp-status-'));
const dp = (...args: string[]): Promise<DpEnd> => runDp(args, { cwd: root });
const yesterday = new Date(Date.now() + 9 * 3_600_000 - 86_400_000).toISOString().slice(0, 10);

before(() => writeFileSync(join(root, 'dp.config.json'), '{}'));

after(async () => {
  await dp('destroy', '--confirm', 'local');
  rmSync(root, { recursive: true });
});

test('before a deploy there is no run and no secret, and the exit code says so', async () => {
  const { code, stdout } = await dp('status', '--json');
  assert.equal(code, 3);
  const { state, lastRun, secrets } = JSON.parse(stdout);
  assert.deepEqual({ state, lastRun, secrets }, { state: 'not-deployed', lastRun: null, secrets: [] });
});

test('--watch --json gives one object for every change, here for a day that is loaded', {
  timeout: 120_000,
}, async () => {
  assert.equal((await dp('deploy', '--orders', '200', '--days', '2')).code, 0);
  const child = startDp(['status', '--watch', '--json'], { cwd: root });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const first = JSON.parse((await lines.next()).value ?? '');
  assert.equal(first.state, 'stale');
  assert.equal(first.secrets.length, 3);
  const loaded = dp('etl', 'run', '--date', yesterday);
  let status = first;
  while (status.state !== 'ready') status = JSON.parse((await lines.next()).value ?? '');
  assert.deepEqual([status.lastRun.date, status.lastRun.state], [yesterday, 'verified']);
  assert.equal((await loaded).code, 0);
  child.kill('SIGINT');
  assert.deepEqual(await ended, [130, null]);
  const words = await dp('status');
  assert.equal(words.code, 0);
  assert.match(words.stdout, new RegExp(`^last run {2}${yesterday} verified at `, 'm'));
  assert.match(words.stdout, /^secrets {3}etl_reader 0 days, shop_api 0 days, admin 0 days old/m);
});

test('--html writes one page that its owner can read, with a drawing of every table', async () => {
  const file = join(root, 'status.html');
  const { code, stdout } = await dp('status', '--html', file, '--json');
  assert.equal(code, 0, stdout);
  const { state, page, nextRun, lake } = JSON.parse(stdout);
  assert.deepEqual([state, page], ['ready', file]);
  assert.match(nextRun.at, /^\d{4}-\d\d-\d\dT/);
  assert.equal(lake.tables.length, 5);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const html = readFileSync(file, 'utf8');
  assert.equal(html.match(/<svg /g)?.length, 5 + 3);
  assert.match(html, new RegExp(`title="${yesterday} verified"`));
  assert.ok(!/<script|https?:\/\/(?!www\.w3\.org)[a-z]/.test(html), 'nothing is fetched or run');
});
