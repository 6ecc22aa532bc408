// What dp changes is in its journal, and what can be taken back is taken back: real processes, a real environment.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import type { HistoryEntry } from '../../src/operations/list-history.ts';
import { type DpEnd, runDp } from '../support/run-dp.ts';

const root = mkdtempSync(join(tmpdir(), 'dp-history-'));
const dp = (...args: string[]): Promise<DpEnd> => runDp(args, { cwd: root });
const yesterday = new Date(Date.now() + 9 * 3_600_000 - 86_400_000).toISOString().slice(0, 10);
const passwordOf = (name: string): string =>
  JSON.parse(readFileSync(join(root, '.dp', 'local', 'secrets', `${name}.json`), 'utf8')).password;

async function newest(): Promise<HistoryEntry> {
  const { stdout } = await dp('history', '--last', '1', '--json');
  return JSON.parse(stdout).entries[0];
}

async function shownRun(): Promise<string> {
  return JSON.parse((await dp('etl', 'show', '--date', yesterday, '--json')).stdout).record.publishedRunId;
}

before(async () => {
  writeFileSync(join(root, 'dp.config.json'), '{}');
  const deployed = await dp('deploy', '--orders', '200', '--days', '2', '--reason', 'first day', '--json');
  assert.equal(deployed.code, 0, deployed.stdout);
});

after(async () => {
  await dp('destroy', '--confirm', 'local');
  rmSync(root, { recursive: true });
});

test('a deploy is in the journal with who, when and why; a second that changed nothing is not', async () => {
  const entry = await newest();
  assert.match(entry.command, /^dp deploy --orders 200/);
  assert.deepEqual([entry.reason, entry.state, entry.undo], ['first day', 'done', null]);
  assert.match(entry.who, /.@./);
  assert.equal((await dp('deploy', '--orders', '200', '--days', '2')).code, 0);
  assert.equal((await newest()).id, entry.id);
});

test('undoing a rotation brings the password back, after showing the plan and asking', async () => {
  const old = passwordOf('etl_reader');
  await dp('secrets', 'rotate', 'etl_reader', '--reason', 'a leak');
  const entry = await newest();
  assert.equal(entry.undo, `dp undo ${entry.id}`);
  const asked = await dp('undo', entry.id);
  assert.equal(asked.code, 4);
  assert.match(asked.stderr, /runs:\n {2}dp secrets rollback etl_reader/);
  const undone = await dp('undo', entry.id, '--yes', '--json');
  assert.equal(undone.code, 0, undone.stdout);
  assert.equal(passwordOf('etl_reader'), old);
  const undoing = await newest();
  assert.equal(undoing.undoes, entry.id);
  assert.equal((await dp('db', 'exec', 'SELECT 1')).code, 0);
  const again = await dp('undo', entry.id, '--yes');
  assert.equal(again.code, 1);
  assert.match(again.stderr, new RegExp(`undone already, by ${undoing.id}`));
  assert.match((await dp('history')).stdout, /because: a leak\n.*made: etl_reader .*\n.*undone by/);
});

test('undoing a load points the day back at the run before, and undoing that, forward again', async () => {
  await dp('etl', 'run', '--date', yesterday);
  const first = await shownRun();
  assert.equal((await newest()).undo, null, 'there is nothing before the first load');
  await dp('etl', 'run', '--date', yesterday);
  const load = await newest();
  const second = await shownRun();
  assert.equal(load.ids[yesterday], second);
  assert.equal((await dp('undo', load.id, '--yes')).code, 0);
  assert.equal(await shownRun(), first);
  assert.equal((await dp('undo', (await newest()).id, '--yes')).code, 0);
  assert.equal(await shownRun(), second);
});

test('what was changed again since is not undone', async () => {
  await dp('secrets', 'rotate', 'shop_api');
  const entry = await newest();
  await dp('secrets', 'rotate', 'shop_api');
  const refused = await dp('undo', entry.id, '--yes');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /the secret shop_api was changed again since/);
});

test('a refused change leaves no entry, an unknown one is refused, and a destroy is remembered', async () => {
  const before = await newest();
  assert.equal((await dp('destroy')).code, 4);
  assert.equal((await newest()).id, before.id);
  assert.equal((await dp('undo', 'ffffff', '--yes')).code, 64);
  assert.equal((await dp('destroy', '--confirm', 'local', '--reason', 'done here')).code, 0);
  const destroyed = await newest();
  assert.deepEqual(
    [destroyed.command, destroyed.undo],
    ["dp destroy --confirm local --reason 'done here'", null],
  );
});
