import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { signChannelAddress } from '../../src/aws/session-address.ts';

interface SignatureVectors {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly cases: readonly { url: string; token: string | null; signedHeaders: string; signature: string }[];
}

const fixture = new URL('../fixtures/ssm-vectors.json', import.meta.url);
const vectors: SignatureVectors = JSON.parse(readFileSync(fixture, 'utf8')).sigv4;

function deps(token: string | null) {
  const { accessKeyId, secretAccessKey, region } = vectors;
  const credentials = { accessKeyId, secretAccessKey, ...(token === null ? {} : { sessionToken: token }) };
  return { credentials: async () => credentials, region, now: () => new Date('2026-01-02T03:04:05Z') };
}

for (const { url, token, signedHeaders, signature } of vectors.cases) {
  test(`the upgrade to ${new URL(url).pathname} is signed as the reference client does, ${token ?? 'no token'}`, async () => {
    const { headers } = await signChannelAddress(url, deps(token));
    const authorization = headers.authorization ?? headers.Authorization ?? '';
    assert.match(authorization, new RegExp(`SignedHeaders=${signedHeaders}, `, 'u'));
    assert.ok(authorization.endsWith(`Signature=${signature}`), authorization);
  });
}

test('an address that is signed already is left alone', async () => {
  const url = `${vectors.cases[0]?.url}&X-Amz-Signature=abc`;
  assert.deepEqual(await signChannelAddress(url, deps(null)), { url, headers: {} });
});

test('no credentials go to a host that is not Session Manager’s', async () => {
  for (const host of ['ssmmessages.us-east-1.amazonaws.com.evil.example', 'evil.example', 'localhost:1'])
    await assert.rejects(signChannelAddress(`wss://${host}/v1/data-channel/a`, deps(null)), {
      code: 'stream-url-refused',
    });
  await assert.rejects(
    signChannelAddress('ws://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/a', deps(null)),
    { code: 'stream-url-refused' },
  );
});

test('a PrivateLink endpoint replaces the host and keeps path and query', async () => {
  const url = vectors.cases[0]?.url ?? '';
  const endpoint = 'https://vpce-1.ssmmessages.us-east-1.vpce.amazonaws.com';
  const address = await signChannelAddress(url, { ...deps(null), endpoint });
  const { host, pathname, search, protocol } = new URL(address.url);
  assert.equal(protocol, 'wss:');
  assert.equal(host, 'vpce-1.ssmmessages.us-east-1.vpce.amazonaws.com');
  assert.equal(`${pathname}${search}`, new URL(url).pathname + new URL(url).search);
});
