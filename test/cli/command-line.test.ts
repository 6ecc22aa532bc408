// The command line as a process: what oclif would get wrong by itself, and what dp does instead.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import test from 'node:test';
import { runDp } from '../support/run-dp.ts';

test('a wrong flag is one small JSON error on stdout with exit 64, not a dump of the configuration', async () => {
  const { code, stdout, stderr } = await runDp(['config', 'explain', '--nope', '--json']);
  assert.equal(code, 64);
  assert.equal(stderr, '');
  assert.ok(stdout.length < 500, `${stdout.length} characters`);
  const { error } = JSON.parse(stdout);
  assert.equal(error.code, 'usage');
  assert.match(error.message, /--nope/);
  assert.ok(error.nextSteps.length > 0);
  assert.match(error.docs, /^docs\//);
});

test('a wrong flag in words goes to stderr with exit 64 and no stack', async () => {
  const { code, stdout, stderr } = await runDp(['config', 'explain', '--nope']);
  assert.equal(code, 64);
  assert.equal(stdout, '');
  assert.match(stderr, /^Error: Nonexistent flag: --nope\n {2}Try: /);
  assert.doesNotMatch(stderr, /\n\s+at /);
});

test('an unknown command names its nearest neighbour and ends with 127', async () => {
  const { code, stdout, stderr } = await runDp(['confg', 'explain']);
  assert.equal(code, 127);
  assert.equal(stdout, '');
  assert.match(stderr, /There is no command `dp confg explain`\.\n {2}Try: dp config explain/);
});

test('an unknown command with --json is JSON too, and never asks', async () => {
  const { code, stdout } = await runDp(['qurey', '--json']);
  assert.equal(code, 127);
  assert.equal(JSON.parse(stdout).error.code, 'unknown-command');
  assert.deepEqual(JSON.parse(stdout).error.nextSteps[0], 'dp query');
});

test('an unknown command under a topic says so as well', async () => {
  const { code } = await runDp(['config', 'explian']);
  assert.equal(code, 127);
});

test('the exit code with --json is the one without it', async () => {
  const words = await runDp(['config', 'explain', '--env', 'nowhere']);
  const json = await runDp(['config', 'explain', '--env', 'nowhere', '--json']);
  assert.equal(words.code, 78);
  assert.equal(json.code, 78);
  assert.equal(JSON.parse(json.stdout).error.code, 'unknown-environment');
});

test('--json gives one object on success', async () => {
  const { code, stdout, stderr } = await runDp(['config', 'explain', '--json']);
  assert.equal(code, 0);
  assert.equal(stderr, '');
  assert.equal(JSON.parse(stdout).environment, 'local');
});

test('--no-color is a flag, and colours appear only where somebody asked for them', async () => {
  const bad = ['config', 'explain', '--env', 'nowhere'];
  assert.doesNotMatch((await runDp(bad)).stderr, /\u001b/);
  assert.match((await runDp(bad, { env: { FORCE_COLOR: '1' } })).stderr, /\u001b\[31m/);
  assert.doesNotMatch((await runDp([...bad, '--no-color'], { env: { FORCE_COLOR: '1' } })).stderr, /\u001b/);
  assert.doesNotMatch((await runDp(bad, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stderr, /\u001b/);
});

test('help and version are results: stdout, exit 0', async () => {
  for (const args of [
    ['--help'],
    ['--version'],
    ['config'],
    ['config', 'explain', '--help'],
    ['help', 'query'],
  ]) {
    const { code, stdout, stderr } = await runDp(args);
    assert.equal(code, 0, args.join(' '));
    assert.notEqual(stdout, '', args.join(' '));
    assert.equal(stderr, '', args.join(' '));
  }
});

test('SQL that nobody gave is a usage error and does not wait for a terminal', async () => {
  const { code, stderr } = await runDp(['query'], { input: '' });
  assert.equal(code, 64);
  assert.match(stderr, /no SQL to run/);
});

test('--json and another format contradict each other before anything is opened', async () => {
  const { code, stdout } = await runDp(['query', 'SELECT 1', '--json', '--format', 'csv']);
  assert.equal(code, 64);
  assert.match(JSON.parse(stdout).error.message, /contradict/);
});

test('an older Node hands over to the pinned one, with its streams and exit code', async (t) => {
  const old = olderNode();
  if (old === undefined) {
    t.skip('NOT RUN: there is no Node older than 22.13 on PATH');
    return;
  }
  const { code, stdout } = await runDp(['--version'], { node: old });
  assert.equal(code, 0);
  assert.match(stdout, /node-v24/);
  assert.equal((await runDp(['nonsense'], { node: old })).code, 127);
});

function olderNode(): string | undefined {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'));
  return candidates.filter(existsSync).find((node) => {
    const [major = 0, minor = 0] = execFileSync(node, ['-p', 'process.versions.node'])
      .toString()
      .split('.')
      .map(Number);
    return major < 22 || (major === 22 && minor < 13);
  });
}
