import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildShopApi } from '../../scripts/build-shop-api.ts';
import type { HttpApiResult } from '../../src/shop/lambda-event.ts';
import { seedShop } from '../../src/shop/seed-shop.ts';
import { type LambdaRuntimeApi, startLambdaRuntimeApi } from '../support/lambda-runtime-api.ts';
import { sharedShopServer } from '../support/shop-server.ts';
import { openShop } from './shop-database.ts';

const server = sharedShopServer();
const client = join(import.meta.dirname, '../support/lambda-runtime-client.ts');
let folder: string;
let runtimeApi: LambdaRuntimeApi;
let child: ChildProcess;
let output = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dp-lambda-'));
  const bundle = await buildShopApi(folder);
  const { database } = await server();
  await using admin = await openShop(await server(), 'stg_core');
  await seedShop({ seed: 5, orders: 50, days: 5, lastDay: '2026-11-22', replace: false }, { session: admin });
  const access = await database.access('shop_api');
  await writeFile(join(folder, 'password'), access.password, { mode: 0o600 });
  await writeFile(join(folder, 'ca.pem'), access.tls?.ca ?? '');
  runtimeApi = await startLambdaRuntimeApi();
  const program = process.env.DP_LAMBDA_RIC;
  // Only what Lambda would set: the bundle must not lean on this checkout, its folder or its variables.
  child = spawn(process.execPath, program === undefined ? [client, bundle] : [program, 'lambda.handler'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      AWS_LAMBDA_RUNTIME_API: runtimeApi.address,
      LAMBDA_TASK_ROOT: folder,
      AWS_REGION: 'ap-northeast-1',
      DATABASE_HOST: access.tls?.serverName ?? access.host,
      DATABASE_PORT: String(access.port),
      DATABASE_NAME: access.database,
      DATABASE_USER: access.user,
      DATABASE_LOGIN: 'password',
      DATABASE_PASSWORD_FILE: join(folder, 'password'),
      DATABASE_CA_FILE: join(folder, 'ca.pem'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  await runtimeApi.ready;
});

after(async () => {
  if (child.exitCode === null) {
    child.kill();
    await once(child, 'exit');
  }
  await runtimeApi[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test('the bundled handler answers an HTTP API event from the database, over checked TLS', async () => {
  const result = await invoke('GET', '/products', { query: 'limit=2' });
  assert.equal(result.statusCode, 200, output);
  assert.equal(JSON.parse(result.body).items.length, 2);
  assert.equal(result.headers['x-request-id'], 'gateway-1');
  assert.equal(result.isBase64Encoded, false);
});

test('a body arrives whether the gateway encoded it or not, and non-ASCII text survives', async () => {
  const name = '𠮷田 太郎 🎁';
  const plain = await invoke('POST', '/customers', { body: JSON.stringify({ name }) });
  assert.equal(plain.statusCode, 201);
  assert.equal(JSON.parse(plain.body).name, name);
  const encoded = Buffer.from(JSON.stringify({ name })).toString('base64');
  const decoded = await invoke('POST', '/customers', { body: encoded, isBase64Encoded: true });
  assert.equal(JSON.parse(decoded.body).name, name);
});

test('an order goes through, its retry too, and wrong requests are problems, not crashes', async () => {
  const { items } = JSON.parse((await invoke('GET', '/products')).body);
  const product = items.find((each: { stock: number }) => each.stock > 1);
  const body = JSON.stringify({ customerId: 1, items: [{ productId: product.id, quantity: 1 }] });
  const headers = { 'idempotency-key': 'lambda-1' };
  const first = await invoke('POST', '/orders', { body, headers });
  const again = await invoke('POST', '/orders', { body, headers });
  assert.equal(first.statusCode, 201, first.body);
  assert.deepEqual(JSON.parse(again.body), JSON.parse(first.body));
  for (const [method, path, options, status] of [
    ['POST', '/orders', { body: '{' }, 400],
    ['POST', '/orders', {}, 415],
    ['TRACE', '/orders', {}, 400],
    ['DELETE', '/orders', {}, 405],
    ['GET', '/orders/1%00', {}, 400],
    ['GET', '//', {}, 404],
    ['POST', '/customers', { body: `{"name":"${'a'.repeat(70_000)}"}` }, 413],
  ] as const) {
    const result = await invoke(method, path, options);
    assert.equal(result.statusCode, status, `${method} ${path}: ${result.body}`);
    assert.equal(result.headers['content-type'], 'application/problem+json');
  }
});

test('each invocation writes one line of JSON, with the gateway’s request id and no secret', async () => {
  output = '';
  await invoke('GET', '/health');
  const [line = ''] = output.trim().split('\n');
  const entry = JSON.parse(line);
  assert.equal(entry.requestId, 'gateway-1');
  assert.equal(entry.route, '/health');
  assert.equal(entry.status, 200);
});

function invoke(
  method: string,
  path: string,
  options: {
    readonly query?: string;
    readonly body?: string;
    readonly isBase64Encoded?: boolean;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<HttpApiResult> {
  const { body, headers, isBase64Encoded = false, query = '' } = options;
  const domainName = 'shop.example.jp';
  return runtimeApi.invoke({
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    headers: {
      host: domainName,
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': '1' }),
      ...headers,
    },
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName,
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.9', userAgent: 'test' },
      requestId: 'gateway-1',
      routeKey: '$default',
      stage: '$default',
      timeEpoch: 1_795_000_000_000,
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded,
  }) as Promise<HttpApiResult>;
}
