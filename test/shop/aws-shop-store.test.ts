import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openAwsShopStore } from '../../src/aws/shop-store.ts';
import { ensureCertificates } from '../../src/local/mysql-certificates.ts';
import { Problem } from '../../src/shop/problem.ts';
import { startIamDatabase } from '../support/iam-database.ts';

const KEYS = {
  AWS_REGION: 'ap-northeast-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret-example',
  AWS_SESSION_TOKEN: 'session-example',
};

test('with DATABASE_LOGIN=iam a token for this host and user is sent over checked TLS, and no password', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'dp-iam-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const paths = await ensureCertificates(join(folder, 'tls'), Date.now());
  const tls = { key: await readFile(paths.key, 'utf8'), cert: await readFile(paths.certificate, 'utf8') };
  await using database = await startIamDatabase(tls);
  const environment = {
    ...KEYS,
    DATABASE_HOST: 'localhost',
    DATABASE_PORT: String(database.port),
    DATABASE_NAME: 'stg_core',
    DATABASE_USER: 'shop_api',
    DATABASE_LOGIN: 'iam',
  };

  const trusted = openAwsShopStore({ ...environment, DATABASE_CA_FILE: paths.authority });
  await trusted.store.ping();
  await trusted.store.ping();
  assert.equal(database.passwords.length, 1, 'the connection is used again');
  const token = new URL(`https://${database.passwords[0]?.replace(/\0$/, '')}`);
  assert.equal(token.host, `localhost:${database.port}`);
  assert.equal(token.searchParams.get('DBUser'), 'shop_api');
  assert.equal(token.searchParams.get('X-Amz-Security-Token'), 'session-example');
  assert.match(token.searchParams.get('X-Amz-Credential') ?? '', /\/ap-northeast-1\/rds-db\/aws4_request$/);
  await trusted[Symbol.asyncDispose]();

  // Without its authority the same server is a stranger: Amazon's did not sign it, so it gets no token.
  const stranger = openAwsShopStore(environment);
  await assert.rejects(
    stranger.store.ping(),
    (error) => error instanceof Problem && error.words.status === 503,
  );
  await stranger[Symbol.asyncDispose]();
  assert.equal(database.passwords.length, 1);
  assert.equal(database.sawPlainLogin(), false);
});

test('a function that was set up wrongly says which variable is missing', () => {
  assert.throws(() => openAwsShopStore({ DATABASE_HOST: 'localhost' }), /DATABASE_PORT|DATABASE_USER/);
  assert.throws(
    () =>
      openAwsShopStore({
        DATABASE_HOST: 'h',
        DATABASE_PORT: '1',
        DATABASE_NAME: 'd',
        DATABASE_USER: 'u',
        DATABASE_LOGIN: 'guess',
      }),
    /DATABASE_LOGIN is guess/,
  );
});
