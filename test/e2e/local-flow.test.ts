// The whole flow as an operator runs it: real processes, a real server, one small shop in a folder of its own.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { until } from '../../src/std/deadline.ts';
import { type DpEnd, runDp, startDp } from '../support/run-dp.ts';

const root = mkdtempSync(join(tmpdir(), 'dp-flow-'));
const neighbour = join(root, 'notes.txt');

const dp = (args: readonly string[], input?: string): Promise<DpEnd> =>
  runDp(args, { cwd: root, ...(input === undefined ? {} : { input }) });

/** `days` before today in Japan. */
function jstDay(days: number): string {
  return new Date(Date.now() + 9 * 3_600_000 - days * 86_400_000).toISOString().slice(0, 10);
}

/** A million rows out of nothing, in SQL that DuckDB and Athena both take. */
const MILLION = `WITH d(i) AS (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)),
  n AS (SELECT a.i + 10 * b.i + 100 * c.i + 1000 * e.i + 10000 * f.i + 100000 * g.i AS i
        FROM d a CROSS JOIN d b CROSS JOIN d c CROSS JOIN d e CROSS JOIN d f CROSS JOIN d g)`;

before(async () => {
  writeFileSync(join(root, 'dp.config.json'), '{}');
  writeFileSync(neighbour, 'mine');
  const deployed = await dp(['deploy', '--orders', '600', '--days', '6', '--seed', '11', '--json']);
  assert.equal(deployed.code, 0, deployed.stderr + deployed.stdout);
  assert.equal(JSON.parse(deployed.stdout).changed, true);
});

after(async () => {
  await dp(['destroy', '--confirm', 'local']);
  rmSync(root, { recursive: true });
});

test('a second deploy changes nothing', async () => {
  const { code, stdout } = await dp(['deploy', '--orders', '600', '--days', '6', '--seed', '11', '--json']);
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).changed, false);
});

test('nothing outside the project’s .dp folder is made', () => {
  assert.deepEqual(readdirSync(root).sort(), ['.dp', 'dp.config.json', 'notes.txt']);
});

test('status says stale before a day is loaded and ready after the newest one, with the matching exit code', async () => {
  const before = await dp(['status', '--json']);
  assert.equal(before.code, 3);
  assert.equal(JSON.parse(before.stdout).state, 'stale');
  const run = await dp(['etl', 'run', '--from', jstDay(3), '--to', jstDay(1), '--json']);
  assert.equal(run.code, 0, run.stdout);
  const events = run.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const summary = events.at(-1);
  assert.equal(summary.event, 'summary');
  assert.deepEqual(
    summary.days.map((day: { date: string; state: string }) => [day.date, day.state]),
    [
      [jstDay(3), 'verified'],
      [jstDay(2), 'verified'],
      [jstDay(1), 'verified'],
    ],
  );
  for (const day of summary.days) {
    assert.match(day.runId, /\S/);
    assert.equal(typeof day.tables.orders.rows, 'number');
    assert.equal(typeof day.tables.orders.checksum, 'string');
  }
  const status = await dp(['status', '--json']);
  assert.equal(status.code, 0);
  const said = JSON.parse(status.stdout);
  assert.equal(said.environment, 'local');
  assert.equal(said.lake.newestVerifiedDay, jstDay(1));
  assert.equal(said.database.host, '127.0.0.1');
  assert.ok(Number.isInteger(said.database.port));
});

test('etl status --json gives date, state, run and time of proof per day', async () => {
  const { stdout } = await dp(['etl', 'status', '--from', jstDay(4), '--to', jstDay(1), '--json']);
  const { days } = JSON.parse(stdout);
  assert.deepEqual(
    days.map((day: { state: string }) => day.state),
    ['missing', 'verified', 'verified', 'verified'],
  );
  assert.equal(days[0].runId, null);
  assert.match(days[1].verifiedAt, /^\d{4}-\d\d-\d\dT/);
});

test('the lake holds what the database holds', async () => {
  const [from, to] = [jstDay(3), jstDay(1)];
  const window = `created_at >= '${jstDay(4)} 15:00:00' AND created_at < '${to} 15:00:00'`;
  const source = await dp([
    'db',
    'exec',
    `SELECT count(*), sum(total_amount) FROM orders WHERE ${window}`,
    '--json',
  ]);
  const lake = await dp([
    'query',
    `SELECT count(*), sum(total_amount) FROM orders WHERE dt BETWEEN DATE '${from}' AND DATE '${to}'`,
    '--json',
  ]);
  const [count, sum] = JSON.parse(source.stdout).rows[0];
  assert.deepEqual(JSON.parse(lake.stdout).rows, [[Number(count), sum]]);
  assert.ok(Number(count) > 0);
});

test('query --json is columns, rows as arrays, and stats', async () => {
  const sql = `SELECT CAST(1 AS BIGINT) AS n, CAST('12.30' AS DECIMAL(6,2)) AS d, CAST(9007199254740993 AS BIGINT) AS big,
    TIMESTAMP '2026-11-22 01:02:03.500' AS t, CAST(NULL AS VARCHAR) AS nothing, '' AS empty`;
  const { code, stdout } = await dp(['query', sql, '--json']);
  assert.equal(code, 0);
  const { columns, rows, stats } = JSON.parse(stdout);
  assert.deepEqual(columns.slice(0, 2), [
    { name: 'n', type: 'bigint' },
    { name: 'd', type: 'decimal(6,2)' },
  ]);
  assert.deepEqual(rows, [[1, '12.30', '9007199254740993', '2026-11-22 01:02:03.500', null, '']]);
  assert.equal(stats.rows, 1);
});

test('SQL comes from an argument, a file or standard input', async () => {
  writeFileSync(join(root, 'one.sql'), 'SELECT 1 AS a');
  for (const end of [
    await dp(['query', 'SELECT 1 AS a']),
    await dp(['query', '--file', 'one.sql']),
    await dp(['query'], 'SELECT 1 AS a'),
    await dp(['query', '-'], 'SELECT 1 AS a'),
  ]) {
    assert.equal(end.stdout, 'a\n1\n', end.stderr);
  }
  rmSync(join(root, 'one.sql'));
});

test('a result goes to a file whole or not at all', async () => {
  assert.equal((await dp(['query', 'SELECT 1 AS a', '--output', 'a.csv'])).code, 0);
  assert.equal(readFileSync(join(root, 'a.csv'), 'utf8'), 'a\n1\n');
  assert.equal((await dp(['query', 'SELECT 1 AS a', '--output', 'a.parquet'])).code, 0);
  assert.equal(readFileSync(join(root, 'a.parquet')).subarray(0, 4).toString(), 'PAR1');
  const failed = await dp([
    'query',
    `${MILLION} SELECT CAST(CASE WHEN i = 999999 THEN 'x' ELSE '1' END AS INTEGER) FROM n`,
    '--output',
    'bad.csv',
  ]);
  assert.equal(failed.code, 1);
  assert.deepEqual(
    readdirSync(root).filter((name) => name.startsWith('bad')),
    [],
  );
  rmSync(join(root, 'a.csv'));
  rmSync(join(root, 'a.parquet'));
});

test('everything printed before a failure arrives, and the exit code says that it failed', async () => {
  const sql = `${MILLION} SELECT i, CAST(CASE WHEN i = 999999 THEN 'x' ELSE '1' END AS INTEGER) AS c FROM n`;
  const { code, stdout, stderr } = await dp(['query', sql, '--format', 'csv']);
  assert.equal(code, 1);
  assert.match(stderr, /^Error: The query failed/m);
  const lines = stdout.split('\n');
  assert.equal(lines.at(-1), '', 'the last line is whole');
  assert.ok(lines.length > 100_000, `${lines.length} lines`);
});

test('a wrong statement points at its place', async () => {
  const { code, stderr } = await dp(['query', 'SELECT dt,\n  nonsense FROM orders']);
  assert.equal(code, 1);
  assert.match(stderr, /line 2, column 3/);
  assert.match(stderr, /^ {2} {2}\^/m);
  assert.doesNotMatch(stderr, /\n\s+at /);
});

test('statements that change tables need --write, and those that take away a name; the next dp sees them', async () => {
  const sql =
    "CREATE TABLE mine WITH (partitioned_by = ARRAY['dt']) AS SELECT id, total_amount, dt FROM orders";
  assert.equal((await dp(['query', sql])).code, 4);
  const made = await dp(['query', sql, '--write', '--json']);
  assert.equal(made.code, 0, made.stdout);
  const all = await dp(['query', 'SELECT count(*), sum(total_amount) FROM orders', '--json']);
  const mine = await dp(['query', 'SELECT count(*), sum(total_amount) FROM mine', '--json']);
  assert.deepEqual(JSON.parse(mine.stdout).rows, JSON.parse(all.stdout).rows);
  const shown = await dp(['query', "SHOW TABLES 'mi*|orders'", '--format', 'csv']);
  assert.equal(shown.stdout, 'tab_name\nmine\norders\n');
  await dp(['query', 'PREPARE one FROM SELECT ? + 1 AS n', '--write']);
  const executed = await dp(['query', 'EXECUTE one USING 41', '--write', '--format', 'csv']);
  assert.equal(executed.stdout, 'n\n42\n');
  const published = await dp(['query', 'DROP TABLE orders', '--write', '--confirm', 'orders', '--json']);
  assert.equal(JSON.parse(published.stdout).error.code, 'table-is-published');
  assert.equal((await dp(['query', 'DROP TABLE mine', '--write'])).code, 4);
  assert.equal((await dp(['query', 'DROP TABLE mine', '--write', '--confirm', 'mine'])).code, 0);
});

test('a closed pipe ends the query with nothing said', { timeout: 60_000 }, async () => {
  const child = startDp(['query', `${MILLION} SELECT a.i FROM n a CROSS JOIN n b`, '--format', 'csv'], {
    cwd: root,
  });
  const ended = once(child, 'exit');
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  child.stdout?.destroy();
  assert.deepEqual(await ended, [0, null]);
  assert.equal(said, '');
});

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} stops a running query cleanly with ${code}`, { timeout: 60_000 }, async () => {
    const child = startDp(['query', `${MILLION} SELECT a.i FROM n a CROSS JOIN n b`, '--json'], {
      cwd: root,
    });
    const ended = once(child, 'exit');
    child.stdout?.once('data', () => child.kill(signal));
    child.stdout?.on('data', () => undefined);
    assert.deepEqual(await ended, [code, null]);
  });
}

test('a second Ctrl-C ends at once, whatever still runs', { timeout: 60_000 }, async () => {
  // An aggregate gives no row for a long time, so that it is surely running when both signals come.
  const child = startDp(['query', `${MILLION} SELECT count(*) FROM n a CROSS JOIN n b`], { cwd: root });
  const ended = once(child, 'exit');
  // Field 14 of stat counts the process' time on a processor, in hundredths of a second.
  const ticks = (): number => Number(readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(' ')[13]);
  await until(async () => (ticks() > 80 ? true : undefined), { timeoutMs: 30_000, everyMs: 20 });
  child.kill('SIGINT');
  child.kill('SIGINT');
  const [code, signal] = await ended;
  assert.ok(signal === 'SIGINT' || code === 130, `${code} ${signal}`);
});

test('a reader who is slow does not make dp collect the result in memory', { timeout: 60_000 }, async () => {
  const child = startDp(['query', `${MILLION} SELECT a.i FROM n a CROSS JOIN n b`, '--format', 'csv'], {
    cwd: root,
  });
  const ended = once(child, 'exit');
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  child.stdout?.pause();
  const rssBytes = (): number =>
    4096 * Number(readFileSync(`/proc/${child.pid}/statm`, 'utf8').split(' ')[1]);
  const samples = [];
  for (let sample = 0; sample < 20; sample++) {
    samples.push(rssBytes());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGTERM');
  child.stdout?.resume();
  await ended;
  assert.ok(Math.max(...samples) < 300e6, `${Math.max(...samples)} bytes`);
});

test('the reader’s login cannot change the shop', async () => {
  const { code, stderr } = await dp(['db', 'exec', 'DELETE FROM orders']);
  assert.equal(code, 1);
  assert.match(stderr, /denied/);
});

test('seeding over a shop needs --replace, and --replace a confirmation', async () => {
  const refused = await dp(['db', 'seed', '--orders', '10', '--seed', '5']);
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /--replace/);
  const unconfirmed = await dp(['db', 'seed', '--orders', '10', '--seed', '5', '--replace', '--json']);
  assert.equal(unconfirmed.code, 4);
  assert.match(JSON.parse(unconfirmed.stdout).error.nextSteps[0], /--confirm local/);
});

test('the builtin shell runs statements from a pipe', async () => {
  const { code, stdout } = await dp(
    ['db', 'shell', '--builtin'],
    "SELECT 1 AS a, ';' AS b; SELECT count(*) > 0 AS found FROM orders;\n",
  );
  assert.equal(code, 0);
  assert.match(stdout, /1 {2};/);
  assert.match(stdout, /found\n─+\n/);
});

test('no password is readable by others, and none appears in output', async () => {
  const secrets = join(root, '.dp', 'local', 'secrets');
  const passwords = readdirSync(secrets).map((file) => {
    assert.equal(statSync(join(secrets, file)).mode & 0o077, 0, file);
    return JSON.parse(readFileSync(join(secrets, file), 'utf8')).password as string;
  });
  assert.ok(passwords.length >= 3);
  const said = await Promise.all([
    dp(['status', '--json']),
    dp(['deploy', '--debug']),
    dp(['config', 'explain']),
  ]);
  for (const { stdout, stderr } of said) {
    for (const password of passwords) assert.ok(!(stdout + stderr).includes(password));
  }
});

test('destroy asks, refuses a wrong name, and removes only what is its own', async () => {
  assert.equal((await dp(['destroy'])).code, 4);
  assert.equal((await dp(['destroy', '--yes'])).code, 4, '--yes is not enough');
  assert.equal((await dp(['destroy', '--confirm', 'staging'])).code, 4);
  assert.ok(existsSync(join(root, '.dp', 'local')));
  const destroyed = await dp(['destroy', '--confirm', 'local', '--json']);
  assert.deepEqual(JSON.parse(destroyed.stdout), { environment: 'local', destroyed: true });
  assert.ok(!existsSync(join(root, '.dp', 'local')));
  assert.equal(readFileSync(neighbour, 'utf8'), 'mine');
  assert.deepEqual(JSON.parse((await dp(['destroy', '--json'])).stdout), {
    environment: 'local',
    destroyed: false,
  });
});
