// The tunnel of the local environment as an operator runs it: real processes, the private server, real clients.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { createConnection } from 'mysql2/promise';
import { until } from '../../src/std/deadline.ts';
import { runDp, startDp } from '../support/run-dp.ts';

const root = mkdtempSync(join(tmpdir(), 'dp-tunnel-'));
const readyFile = join(root, 'ready.json');
const TIMEOUT = { timeout: 120_000 };
const dp = (...args: string[]) => runDp(args, { cwd: root });

/** A program for the words after `--`: asks the database through mysql2 and prints one figure. */
const program = join(root, 'count.mjs');

before(async () => {
  writeFileSync(join(root, 'dp.config.json'), '{}');
  const mysql2 = import.meta.resolve('mysql2/promise');
  writeFileSync(
    program,
    `import { createConnection } from ${JSON.stringify(mysql2)};
     const connection = await createConnection(process.env.DATABASE_URL);
     const [rows] = await connection.query('SELECT COUNT(*) AS orders FROM orders');
     await connection.end();
     console.log('orders', rows[0].orders, process.env.DP_DB_HOST);
     process.exit(Number(process.argv[2]));`,
  );
  const deployed = await dp('deploy', '--orders', '40', '--days', '2', '--json');
  assert.equal(deployed.code, 0, deployed.stderr + deployed.stdout);
});

after(async () => {
  await dp('destroy', '--confirm', 'local');
  rmSync(root, { recursive: true });
});

test(
  'a program after -- finds the database in its environment, and its exit code is dp’s',
  TIMEOUT,
  async () => {
    const { code, stdout } = await dp('db', 'tunnel', '--', process.execPath, program, '7');
    assert.match(stdout, /^orders 40 127\.0\.0\.1$/mu);
    assert.equal(code, 7);
  },
);

test('a tunnel asks for its own password where one is wanted', TIMEOUT, async () => {
  const { code, stdout } = await dp('db', 'tunnel', '--local-password', '--', process.execPath, program, '0');
  assert.match(stdout, /^orders 40/mu);
  assert.equal(code, 0);
});

test('a program that does not exist is exit 127', TIMEOUT, async () => {
  const { code, stderr } = await dp('db', 'tunnel', '--', 'no-such-program');
  assert.equal(code, 127);
  assert.match(stderr, /no such program/u);
});

test('in the background: a ready file, dp db wait, a busy port, and an end by signal', TIMEOUT, async () => {
  const tunnel = startDp(['db', 'tunnel', '--json', '--sessions', '3', '--ready-file', readyFile], {
    cwd: root,
  });
  const ended = once(tunnel, 'close');
  let news = '';
  tunnel.stdout?.setEncoding('utf8').on('data', (text: string) => {
    news += text;
  });
  const isReady = await until(async () => existsSync(readyFile) || undefined, {
    timeoutMs: 60_000,
    everyMs: 50,
  });
  assert.ok(isReady, news);
  const { port, url } = JSON.parse(readFileSync(readyFile, 'utf8'));

  const waited = await dp('db', 'wait', '--port', String(port), '--json');
  assert.equal(waited.code, 0);
  assert.match(JSON.parse(waited.stdout).serverVersion, /MariaDB/u);

  const busy = await dp('db', 'tunnel', '--port', String(port), '--json');
  assert.equal(busy.code, 69);

  const connections = await Promise.all(Array.from({ length: 6 }, () => createConnection(url)));
  const answers = await Promise.all(connections.map((one) => one.query('SELECT REPEAT("x", 100000) AS x')));
  for (const [rows] of answers) assert.equal((rows as { x: string }[])[0]?.x.length, 100_000);
  await Promise.all(connections.map((one) => one.end()));

  tunnel.kill('SIGTERM');
  const [code] = await ended;
  assert.equal(code, 143);
  assert.equal(existsSync(readyFile), false);
  const lines = news
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const events = lines
    .map(({ event }) => event)
    .filter((event) => event !== undefined && event !== 'connection');
  assert.deepEqual(events, ['starting', 'listening', 'ready', 'closing', 'closed']);
});

test('--watch-stdin ends the tunnel with its parent', TIMEOUT, async () => {
  const { code, stdout } = await runDp(['db', 'tunnel', '--watch-stdin', '--json'], { cwd: root });
  assert.equal(code, 0);
  assert.match(stdout, /"event":"closed"/u);
});
