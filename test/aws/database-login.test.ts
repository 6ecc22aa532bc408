import assert from 'node:assert/strict';
import { createHash, createHmac, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { iamLogin, secretLogin } from '../../src/aws/database-login.ts';
import { rdsAuthorities } from '../../src/aws/rds-authorities.ts';
import { Failure } from '../../src/std/failure.ts';

const HOST = 'writer.cluster-c1.ap-northeast-1.rds.amazonaws.com';
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

test('an IAM token is signed for the real endpoint and the user, as AWS checks it', async () => {
  const login = iamLogin(
    { host: HOST, port: 3306, region: 'ap-northeast-1', user: 'shop_api' },
    { credentials: KEYS },
  );
  const { user, password, credential, tls } = await login({});
  assert.deepEqual([user, credential, tls?.serverName], ['shop_api', 'iam-token', HOST]);
  const url = new URL(`https://${password}`);
  assert.equal(url.host, `${HOST}:3306`);
  assert.deepEqual([url.searchParams.get('Action'), url.searchParams.get('DBUser')], ['connect', 'shop_api']);
  assert.equal(url.searchParams.get('X-Amz-Expires'), '900');
  assert.equal(url.searchParams.get('X-Amz-Signature'), signatureOf(url, KEYS.secretAccessKey));
});

/** Signature Version 4 of a query, written out from its description. */
function signatureOf(url: URL, secret: string): string {
  const date = url.searchParams.get('X-Amz-Date') ?? '';
  const scope = `${date.slice(0, 8)}/ap-northeast-1/rds-db/aws4_request`;
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join('&');
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const request = ['GET', '/', query, `host:${url.host}`, '', 'host', sha256('')].join('\n');
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(request)].join('\n');
  let key: string | Buffer = `AWS4${secret}`;
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  return createHmac('sha256', key).update(text).digest('hex');
}

test('credentials that are over are a failure that says to sign in, without a stack or a secret', async () => {
  const expired = async (): Promise<never> => {
    throw new Error('The SSO session has expired');
  };
  const login = iamLogin(
    { host: HOST, port: 3306, region: 'ap-northeast-1', user: 'shop_api' },
    { credentials: expired },
  );
  const isDenied = (error: unknown): boolean =>
    error instanceof Failure &&
    error.kind === 'denied' &&
    /shop_api at writer.*SSO session has expired/.test(error.message);
  await assert.rejects(login({}), isDenied);
});

interface FakeSecrets {
  readonly client: SecretsManagerClient;
  /** `undefined` answers ResourceNotFoundException; text is the SecretString; an error name is thrown. */
  readonly stages: Record<string, string | { readonly error: string } | undefined>;
  readonly asked: string[];
}

/** Answers GetSecretValue over HTTP in the shapes AWS documents; the real SDK asks it. */
async function startSecrets(t: TestContext): Promise<FakeSecrets> {
  const stages: FakeSecrets['stages'] = {};
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { SecretId, VersionStage } = JSON.parse(body);
    asked.push(`${SecretId} ${VersionStage}`);
    const stage = stages[VersionStage] ?? { error: 'ResourceNotFoundException' };
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.statusCode = typeof stage === 'string' ? 200 : 400;
    const answer =
      typeof stage === 'string'
        ? { Name: SecretId, SecretString: stage }
        : { __type: stage.error, message: 'no' };
    response.end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new SecretsManagerClient({
    endpoint,
    region: 'ap-northeast-1',
    credentials: KEYS,
    maxAttempts: 1,
  });
  t.after(() => {
    client.destroy();
    server.close();
  });
  return { client, stages, asked };
}

const secretOf = (password: string): string =>
  JSON.stringify({ username: 'etl_reader', password, engine: 'mysql' });

test('the current secret is read for every connection, once for those of the same moment', async (t) => {
  const { client, stages, asked } = await startSecrets(t);
  const login = secretLogin({ secret: 'staging/etl', host: HOST }, { secrets: client });
  stages.AWSCURRENT = secretOf('first');
  const together = await Promise.all([login({}), login({}), login({})]);
  assert.deepEqual(
    together.map(({ user, password }) => [user, password]),
    Array(3).fill(['etl_reader', 'first']),
  );
  assert.deepEqual(asked, ['staging/etl AWSCURRENT']);
  stages.AWSCURRENT = secretOf('second');
  const { password, credential, tls } = await login({});
  assert.deepEqual([password, credential, tls?.serverName], ['second', 'secret', HOST]);
});

test('credentials refused in the middle of a rotation are replaced by what the rotation sets', async (t) => {
  const { client, stages } = await startSecrets(t);
  const login = secretLogin({ secret: 'staging/etl', host: HOST }, { secrets: client });
  stages.AWSCURRENT = secretOf('old');
  stages.AWSPENDING = secretOf('new');
  const refused = await login({});
  assert.equal((await login({ refused })).password, 'new');
  stages.AWSCURRENT = secretOf('newest');
  assert.equal((await login({ refused })).password, 'newest');
  stages.AWSCURRENT = secretOf('old');
  stages.AWSPENDING = undefined;
  assert.equal((await login({ refused })).password, 'old', 'without a rotation there is nothing else');
});

test('a secret that cannot be used says why, and nothing of its content', async (t) => {
  const { client, stages } = await startSecrets(t);
  const login = secretLogin({ secret: 'staging/etl', host: HOST }, { secrets: client });
  const cases = [
    [{ error: 'AccessDeniedException' }, 'secret-unreadable', /you may not secretsmanager:GetSecretValue/],
    [undefined, 'secret-unreadable', /there is no such secret/],
    ['{"password":"hunter2"}', 'secret-malformed', /does not hold a database login/],
    ['hunter2', 'secret-malformed', /does not hold a database login/],
  ] as const;
  for (const [value, code, words] of cases) {
    stages.AWSCURRENT = value;
    await assert.rejects(login({}), (error: unknown) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, code);
      assert.match(error.message, words);
      assert.ok(!JSON.stringify([error.message, error.nextSteps]).includes('hunter2'));
      return true;
    });
  }
});

test('the authorities are RDS’s own of every region, and those of RDS Proxy', () => {
  const pems = rdsAuthorities().match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  const subjects = pems.map((pem) => new X509Certificate(pem).subject);
  for (const wanted of [
    'CN=Amazon RDS ap-northeast-1 Root CA RSA2048 G1',
    'CN=Amazon RDS ap-northeast-1 Root CA ECC384 G1',
    'CN=Amazon RDS eu-west-1 Root CA RSA4096 G1',
    'CN=Amazon Root CA 1',
  ]) {
    assert.ok(
      subjects.some((subject) => subject.includes(wanted)),
      wanted,
    );
  }
});
