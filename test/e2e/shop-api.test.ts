// dp api as an operator runs it: real processes, a real server, one small shop in a folder of its own.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { after, before } from 'node:test';
import { type DpEnd, runDp, startDp } from '../support/run-dp.ts';

const root = mkdtempSync(join(tmpdir(), 'dp-api-'));
const dp = (args: readonly string[], input?: string): Promise<DpEnd> =>
  runDp(args, { cwd: root, ...(input === undefined ? {} : { input }) });

before(async () => {
  writeFileSync(join(root, 'dp.config.json'), '{}');
  const deployed = await dp(['deploy', '--orders', '50', '--days', '3', '--json']);
  assert.equal(deployed.code, 0, deployed.stderr + deployed.stdout);
  const stocked = await dp(['db', 'exec', '--user', 'shop_api', 'UPDATE products SET stock = 5, active = 1']);
  assert.equal(stocked.code, 0, stocked.stderr);
});

after(async () => {
  await dp(['destroy', '--confirm', 'local']);
  rmSync(root, { recursive: true });
});

test('a call needs nothing but a deployed environment, and prints the answer', async () => {
  const { code, stdout } = await dp(['api', 'call', 'GET', '/products?limit=2']);
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).items.length, 2);
});

test('an order is placed from standard input, once, however often the call is repeated', async () => {
  const order = JSON.stringify({ customerId: 1, items: [{ productId: 3, quantity: 2 }] });
  const call = () =>
    dp(['api', 'call', 'POST', '/orders', '--data', '-', '-H', 'Idempotency-Key: e2e', '--json'], order);
  const first = JSON.parse((await call()).stdout);
  const second = JSON.parse((await call()).stdout);
  assert.equal(first.status, 201);
  assert.equal(second.headers['idempotent-replayed'], 'true');
  assert.deepEqual(second.body, first.body);
  const product = await dp(['api', 'call', 'GET', '/products/3', '--json']);
  assert.equal(JSON.parse(product.stdout).body.stock, 3);
});

test('a refused request prints the problem and ends with 1; what cannot be sent ends with 64', async () => {
  const refused = await dp(['api', 'call', 'GET', '/orders/987654321']);
  assert.equal(refused.code, 1);
  assert.equal(JSON.parse(refused.stdout).code, 'order-not-found');
  for (const args of [
    ['FETCH', '/products'],
    ['GET', 'products'],
    ['GET', '/products', '--data', '{}'],
    ['POST', '/orders', '--data', '@nowhere.json'],
    ['GET', '/products', '--header', 'no colon'],
  ]) {
    const { code, stdout } = await dp(['api', 'call', ...args, '--json']);
    assert.equal(code, 64, args.join(' '));
    assert.ok(JSON.parse(stdout).error.nextSteps.length > 0);
  }
});

test('the document can be listed and saved without a database', async () => {
  const listed = await dp(['api', 'docs']);
  assert.match(listed.stdout, /^POST +\/orders +Place an order/m);
  const saved = await dp(['api', 'docs', '--openapi']);
  assert.equal(JSON.parse(saved.stdout).openapi, '3.1.0');
});

test('serve tells its address, answers, logs each request, and Ctrl-C ends it', async () => {
  const child = startDp(['api', 'serve', '--port', '0', '--json'], { cwd: root });
  const ended = once(child, 'exit');
  assert.ok(child.stdout);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { event, url } = JSON.parse(String((await lines.next()).value));
  assert.equal(event, 'listening');
  const response = await fetch(`${url}/products?limit=1`, { headers: { 'x-request-id': 'mine' } });
  assert.equal(response.status, 200);
  const entry = JSON.parse(String((await lines.next()).value));
  assert.deepEqual(
    [entry.event, entry.requestId, entry.route, entry.status],
    ['request', 'mine', '/products', 200],
  );

  const taken = await dp(['api', 'serve', '--port', new URL(url).port, '--json']);
  assert.equal(taken.code, 1);
  assert.equal(JSON.parse(taken.stdout).error.code, 'port-taken');

  child.kill('SIGINT');
  const [code] = await ended;
  assert.equal(code, 130);
});

test('db init makes the users and the tables that are missing, and changes nothing the second time', async () => {
  const sql = async (statement: string): Promise<void> => {
    const { code, stderr } = await dp(['db', 'exec', '--user', 'admin', '--yes', statement]);
    assert.equal(code, 0, stderr);
  };
  await sql('DROP TABLE seed_runs');
  await sql("DELETE FROM schema_migrations WHERE file LIKE '0006%'");
  await sql("DROP USER 'etl_reader'@'%'");
  const first = await dp(['db', 'init', '--json']);
  assert.equal(first.code, 0, first.stderr);
  assert.deepEqual(JSON.parse(first.stdout).applied, ['0006_create_seed_runs.sql']);
  assert.equal((await dp(['db', 'exec', '--user', 'etl_reader', 'SELECT 1 FROM orders LIMIT 1'])).code, 0);
  const second = JSON.parse((await dp(['db', 'init', '--json'])).stdout);
  assert.deepEqual([second.users, second.applied], [['Logins are as they should be'], []]);
});
