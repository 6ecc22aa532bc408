// Every hop of the chain broken on purpose, once, in a real environment: found, named, and put right again.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { openLocalDatabase } from '../../src/local/database.ts';
import { setPasswords } from '../../src/local/database-logins.ts';
import { stopServer } from '../../src/local/mysql-server.ts';
import { localPaths } from '../../src/local/paths.ts';
import { secretPath } from '../../src/local/secrets-file.ts';
import type { Diagnosis } from '../../src/operations/diagnose-platform.ts';
import { type DpEnd, runDp } from '../support/run-dp.ts';

const root = mkdtempSync(join(tmpdir(), 'dp-doctor-'));
const paths = localPaths(root);
const database = openLocalDatabase({ paths, environmentVariables: process.env });
const dp = (...args: string[]): Promise<DpEnd> => runDp(args, { cwd: root });
const yesterday = new Date(Date.now() + 9 * 3_600_000 - 86_400_000).toISOString().slice(0, 10);

async function doctor(...flags: string[]): Promise<Diagnosis & { code: number | null }> {
  const { code, stdout } = await dp('doctor', '--json', ...flags);
  return { code, ...JSON.parse(stdout) };
}

async function asAdmin(...statements: string[]): Promise<void> {
  await using admin = await database.connect('admin');
  for (const sql of statements) await admin.query(sql);
}

/** Asserts that this hop, and none before it, is broken, with a reason and a command. */
async function findsBroken(name: string, reason: RegExp): Promise<void> {
  const found = await doctor();
  assert.equal(found.broken, name, JSON.stringify(found.hops));
  assert.equal(found.code, 3);
  const hop = found.hops.find((one) => one.name === name);
  assert.equal(hop?.light, 'red');
  assert.match(hop?.reason ?? '', reason);
  assert.ok(hop?.command);
}

before(async () => {
  writeFileSync(join(root, 'dp.config.json'), '{}');
  const deployed = await dp('deploy', '--orders', '300', '--days', '3', '--json');
  assert.equal(deployed.code, 0, deployed.stdout);
});

after(async () => {
  await dp('destroy', '--confirm', 'local');
  rmSync(root, { recursive: true });
});

test('before a day is loaded everything works and the lights of the lake are yellow', async () => {
  const { version, light, broken, hops, code } = await doctor();
  assert.deepEqual({ version, light, broken, code }, { version: 1, light: 'yellow', broken: null, code: 0 });
  const yellow = hops.filter((hop) => hop.light === 'yellow').map(({ name }) => name);
  assert.deepEqual(yellow, ['lake', 'catalog', 'freshness']);
  assert.ok(hops.every(({ light: one, command }) => one === 'green' || command !== undefined));
});

test('after the newest day is loaded every hop is green', async () => {
  assert.equal((await dp('etl', 'run', '--date', yesterday, '--json')).code, 0);
  const { light, hops } = await doctor();
  assert.equal(light, 'green', JSON.stringify(hops));
  assert.deepEqual(
    hops.map(({ name }) => name),
    [
      'config',
      'deployment',
      'database server',
      'secrets',
      'logins',
      'schema',
      'shop api',
      'lake',
      'catalog',
      'warehouse',
      'freshness',
    ],
  );
});

test('config: a configuration that cannot be read', async () => {
  writeFileSync(join(root, 'dp.config.json'), '{');
  await findsBroken('config', /dp\.config\.json/);
  writeFileSync(join(root, 'dp.config.json'), '{}');
});

test('deployment: a deploy that never ended', async () => {
  renameSync(paths.deployedMark, `${paths.deployedMark}.away`);
  await findsBroken('deployment', /not deployed/);
  renameSync(`${paths.deployedMark}.away`, paths.deployedMark);
});

test('database server: stopped is found, the lake is looked at all the same, and --fix starts it', async () => {
  await stopServer(paths);
  const { broken, hops } = await doctor();
  assert.equal(broken, 'database server');
  const light = (name: string) => hops.find((hop) => hop.name === name)?.light;
  assert.equal(light('logins'), 'skipped');
  assert.equal(light('catalog'), 'green');
  assert.equal((await database.describe()).state, 'stopped', 'looking starts nothing');
  const fixed = await doctor('--fix');
  assert.equal(fixed.light, 'green', JSON.stringify(fixed.hops));
  assert.deepEqual(fixed.repaired, ['database server: started the database server']);
});

test('secrets: a file that is no secret', async () => {
  const path = secretPath(paths.secrets, 'shop_api');
  const text = readFileSync(path);
  writeFileSync(path, 'oops');
  await findsBroken('secrets', /Cannot read the secret/);
  writeFileSync(path, text);
});

test('logins: a password changed by hand; --fix gives the database the current one', async () => {
  {
    await using admin = await database.connect('admin');
    await setPasswords({ username: 'etl_reader', passwords: ['by-hand'] }, { admin });
  }
  await findsBroken('logins', /etl_reader cannot log in/);
  const failing = await dp('db', 'exec', 'SELECT 1');
  assert.notEqual(failing.code, 0);
  assert.match(failing.stderr, /^Error: .*\n(.*\n)*Broken: logins: etl_reader cannot log in/);
  const inJson = await dp('db', 'exec', 'SELECT 1', '--json');
  const { error } = JSON.parse(inJson.stdout);
  assert.equal(error.code, 'database-login-refused');
  assert.deepEqual([error.broken.hop, error.broken.command], ['logins', 'dp doctor --fix']);
  assert.equal((await doctor('--fix')).light, 'green');
});

test('schema: a column that the contracts need is gone', async () => {
  await asAdmin('ALTER TABLE orders RENAME COLUMN total_amount TO total');
  await findsBroken('schema', /total_amount/);
  await asAdmin('ALTER TABLE orders RENAME COLUMN total TO total_amount');
});

test('shop api: it may no longer read', async () => {
  const scope = '`stg\\_core`.*';
  // What its open connections may do is settled: only new ones notice.
  await asAdmin(`REVOKE SELECT ON ${scope} FROM 'shop_api'@'%'`, 'KILL USER shop_api');
  await findsBroken('shop api', /GET \/products\?limit=1 answers 5\d\d/);
  await asAdmin(`GRANT SELECT ON ${scope} TO 'shop_api'@'%'`);
});

test('shop api: its process was killed', async () => {
  process.kill(JSON.parse(readFileSync(paths.api.state, 'utf8')).pid, 'SIGKILL');
  await findsBroken('shop api', /it is stopped/);
  assert.equal((await dp('deploy')).code, 0);
  assert.equal((await doctor()).broken, null);
});

/** The file with yesterday's rows of a table. */
function publishedFile(table: string): string {
  const folder = join(paths.lake, 'lake', table);
  const name = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((one) =>
    one.endsWith('.parquet'),
  );
  return join(folder, name ?? '');
}

test('lake: a published file is gone', async () => {
  const file = publishedFile('orders');
  renameSync(file, `${file}.away`);
  await findsBroken('lake', /a file of orders of .* is gone/);
  renameSync(`${file}.away`, file);
});

test('catalog: a partition is gone', async () => {
  const name = readdirSync(paths.catalog, { recursive: true, encoding: 'utf8' }).find((one) =>
    /orders.*\d{4}-\d\d-\d\d/.test(one),
  );
  const file = join(paths.catalog, name ?? '');
  renameSync(file, join(root, 'partition.away'));
  await findsBroken('catalog', /orders has no partition/);
  renameSync(join(root, 'partition.away'), file);
});

test('warehouse: a file of the right size that is no table', async () => {
  const file = publishedFile('order_items');
  const bytes = readFileSync(file);
  writeFileSync(file, Buffer.alloc(statSync(file).size, 'x'));
  await findsBroken('warehouse', /order_items/);
  writeFileSync(file, bytes);
});

test('freshness: a day that failed', async () => {
  await asAdmin('UPDATE orders SET total_amount = total_amount + 1 WHERE id = (SELECT MIN(id) FROM orders)');
  const days = await dp('db', 'exec', 'SELECT MIN(created_at) FROM orders', '--json');
  const [[at]] = JSON.parse(days.stdout).rows;
  const day = new Date(Date.parse(`${at.replace(' ', 'T')}Z`) + 9 * 3_600_000).toISOString().slice(0, 10);
  await dp('etl', 'run', '--date', day, '--json');
  await findsBroken('freshness', new RegExp(`days have failed: ${day}`));
  const shown = await dp('doctor');
  assert.match(shown.stdout, /^✗ freshness .*\n\s+Try: dp etl show --date/m);
  assert.match(shown.stdout, /Broken: freshness\./);
});
