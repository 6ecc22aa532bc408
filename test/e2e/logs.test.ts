// What the parts of the local environment say, as an operator reads it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { type DpEnd, runDp, startDp } from '../support/run-dp.ts';

const root = mkdtempSync(join(tmpdir(), 'dp-logs-'));
const dp = (...args: string[]): Promise<DpEnd> => runDp(args, { cwd: root });
const yesterday = new Date(Date.now() + 9 * 3_600_000 - 86_400_000).toISOString().slice(0, 10);

before(async () => {
  writeFileSync(join(root, 'dp.config.json'), '{}');
  assert.equal((await dp('deploy', '--orders', '200', '--days', '2', '--reason', 'to read logs')).code, 0);
  assert.equal((await dp('etl', 'run', '--date', yesterday)).code, 0);
});

after(async () => {
  await dp('destroy', '--confirm', 'local');
  rmSync(root, { recursive: true });
});

test('all sources are merged by time, as words and as one JSON object a line', async () => {
  const { code, stdout } = await dp('logs', '--json');
  assert.equal(code, 0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { at: string; source: string; text: string });
  assert.deepEqual(
    new Set(lines.map(({ source }) => source)),
    new Set(['api', 'database', 'job', 'changes']),
  );
  // A source keeps its own order: a line may be older than the one before it only within one source.
  const newestBySource = new Map<string, string>();
  for (const { at, source } of lines) {
    assert.ok(at >= (newestBySource.get(source) ?? ''), `${source} ${at}`);
    newestBySource.set(source, at);
  }
  assert.ok(lines.some(({ text }) => /^load of .*verified; rows: .*orders \d+/.test(text)));
  assert.ok(lines.some(({ text }) => / began dp deploy .*because: to read logs/.test(text)));
  const words = (await dp('logs', 'all')).stdout;
  assert.match(words, /^\d{4}-\d\d-\d\dT\S+Z {2}database {2}.*ready for connections/m);
});

test('--grep and one source narrow it; a wrong pattern, age or source is a usage error', async () => {
  const { stdout } = await dp('logs', 'job', '--grep', 'verified');
  assert.equal(stdout.trim().split('\n').length, 1);
  assert.equal((await dp('logs', '--grep', '(')).code, 64);
  assert.equal((await dp('logs', '--since', 'ever')).code, 64);
  const none = await dp('logs', 'bastion');
  assert.equal(none.code, 64);
  assert.match(none.stderr, /has no bastion/);
  assert.equal((await dp('logs', '--since', '0m')).stdout, '');
});

test('--follow gives a new line when it is there, and ends with Ctrl-C', { timeout: 60_000 }, async () => {
  const child = startDp(['logs', 'rotation', '--follow', '--json'], { cwd: root });
  const ended = once(child, 'exit');
  let said = '';
  const rotated = new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      said += chunk;
      if (said.includes('secrets rotate shop_api: done')) resolve();
    });
  });
  assert.equal((await dp('secrets', 'rotate', 'shop_api')).code, 0);
  await rotated;
  child.kill('SIGINT');
  assert.deepEqual(await ended, [130, null]);
  assert.equal(said.match(/"source":"rotation"/g)?.length, 2, said);
});

test('requests to a serving API are kept and can be read', { timeout: 60_000 }, async () => {
  const child = startDp(['api', 'serve', '--port', '0', '--json'], { cwd: root });
  const ended = once(child, 'exit');
  const [first] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  const { url } = JSON.parse(first.toString().split('\n')[0] ?? '');
  assert.equal((await fetch(`${url}/health`)).status, 200);
  child.kill('SIGTERM');
  await ended;
  const { stdout } = await dp('logs', 'api');
  assert.match(stdout, /api {7}\{"time":.*\/health/);
});
