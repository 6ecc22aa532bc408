import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { openAwsShopApi } from '../../src/aws/shop-api.ts';

const SECRET = 'secret-example';
const credentials = async () => ({
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: SECRET,
  sessionToken: 'session',
});
const input = { environment: 'staging', region: 'ap-northeast-1' };

test('a call is signed with the operator’s credentials as API Gateway checks it, query and body included', async (t) => {
  const seen: { request: IncomingMessage; body: string }[] = [];
  const gateway = createServer(async (request, response) => {
    seen.push({ request, body: await text(request) });
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"ok":true}');
  }).listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  t.after(() => gateway.close());
  const address = gateway.address();
  assert.ok(typeof address === 'object' && address !== null);
  const api = openAwsShopApi(input, { credentials, findUrl: async () => `http://127.0.0.1:${address.port}` });

  const body = '{"name":"佐藤 太郎"}';
  const headers = { 'content-type': 'application/json' };
  const answer = await api.call({ method: 'POST', path: '/customers?b=2&a=%E8%8C%B6', headers, body });
  assert.deepEqual([answer.status, answer.body], [201, '{"ok":true}']);
  const [call] = seen;
  assert.ok(call);
  assert.equal(call.body, body);
  assert.equal(call.request.headers['x-amz-security-token'], 'session');
  const [, scope = '', signed = '', signature] =
    /Credential=AKIDEXAMPLE\/([^,]+), SignedHeaders=([^,]+), Signature=(\w+)/.exec(
      call.request.headers.authorization ?? '',
    ) ?? [];
  assert.match(scope, /^\d{8}\/ap-northeast-1\/execute-api\/aws4_request$/);
  assert.equal(signature, signatureOf(call.request, { body, scope, signed }));
});

test('an environment without an api stack, and one that cannot be reached, are failures with a next step', async () => {
  const request = { method: 'GET', path: '/health', headers: {} };
  const absent = openAwsShopApi(input, { credentials, findUrl: async () => undefined });
  await assert.rejects(absent.call(request), { code: 'api-not-deployed', kind: 'not-ready' });
  const closed = openAwsShopApi(input, { credentials, findUrl: async () => 'http://127.0.0.1:1' });
  await assert.rejects(closed.call(request), { code: 'api-unreachable', kind: 'unreachable' });
  const { signal } = new AbortController();
  await assert.rejects(
    absent.serve({ port: 0, signal }, () => undefined),
    { code: 'api-served-by-aws' },
  );
});

/** Signature Version 4, written out from its description. */
function signatureOf(
  request: IncomingMessage,
  input: { readonly body: string; readonly scope: string; readonly signed: string },
): string {
  const sha256 = (value: string): string => createHash('sha256').update(value).digest('hex');
  const url = new URL(request.url ?? '', 'http://localhost');
  const query = url.search.slice(1).split('&').sort().join('&');
  const headers = input.signed.split(';').map((name) => `${name}:${request.headers[name]}\n`);
  const canonical = [request.method, url.pathname, query, headers.join(''), input.signed, sha256(input.body)];
  const date = String(request.headers['x-amz-date']);
  const toSign = ['AWS4-HMAC-SHA256', date, input.scope, sha256(canonical.join('\n'))].join('\n');
  let key: string | Buffer = `AWS4${SECRET}`;
  for (const part of input.scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  return createHmac('sha256', key).update(toSign).digest('hex');
}
