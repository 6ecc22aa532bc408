// The database's port on AWS, through a tunnel: what test/support/tunnelled-database.ts puts in the place of AWS.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { sessionFailuresOn } from '../../src/aws/database-errors.ts';
import { setOwnPassword, tryLogin } from '../../src/aws/login-path.ts';
import { migrateShop } from '../../src/aws/migrate-shop.ts';
import { certificatePaths } from '../../src/local/mysql-certificates.ts';
import { openSqlSession } from '../../src/local/sql-session.ts';
import { databaseContract } from '../contract/database.ts';
import { startIamDatabase } from '../support/iam-database.ts';
import { clusterXml, instanceInformation } from '../support/session-endpoint.ts';
import { sharedShopServer } from '../support/shop-server.ts';
import {
  MASTER_SECRET,
  openTunnelledDatabase,
  READER_SECRET,
  type TunnelledDatabaseOptions,
} from '../support/tunnelled-database.ts';

const TIMEOUT = { timeout: 120_000 };
const shopServer = sharedShopServer();

const openAws = async (options?: TunnelledDatabaseOptions) =>
  openTunnelledDatabase(await shopServer(), options);

let shared: ReturnType<typeof openAws> | undefined;
after(async () => await (await shared)?.[Symbol.asyncDispose]());
databaseContract('aws', async () => {
  shared ??= openAws({ apiBySecret: true });
  return (await shared).database;
});

test(
  'sessions of one user share a tunnel, which ends on the service when the port is closed',
  TIMEOUT,
  async () => {
    await using aws = await openAws();
    {
      await using first = await aws.database.connect('etl_reader');
      await using second = await aws.database.connect('etl_reader');
      assert.deepEqual((await first.query('SELECT 1')).rows, [['1']]);
      assert.match((await second.query('SELECT CURRENT_USER()')).rows[0]?.[0] ?? '', /^etl_reader@/);
    }
    assert.equal(aws.asked('StartSession').length, 1);
    assert.equal(aws.asked('StartSession')[0]?.input.Reason, 'as etl_reader');
    assert.equal(aws.asked('TerminateSession').length, 0);
    await aws.database[Symbol.asyncDispose]();
    assert.equal(aws.asked('TerminateSession').length, 1);
    assert.deepEqual(aws.gateway.list(), []);
  },
);

test('admin brings the tables up to date with the secret that RDS keeps, once', TIMEOUT, async () => {
  await using aws = await openAws();
  const { applied, total } = await migrateShop(aws);
  assert.ok(total > 0);
  assert.equal(applied.length, total);
  assert.deepEqual((await migrateShop(aws)).applied, []);
  assert.equal(aws.asked('GetSecretValue')[0]?.input.SecretId, MASTER_SECRET);
});

test(
  'the local port asks for a password that is not the database’s, and listens on loopback',
  TIMEOUT,
  async () => {
    await using aws = await openAws();
    const access = await aws.database.access('etl_reader');
    assert.match(access.host, /^(127\.0\.0\.1|::1|localhost)$/);
    assert.notEqual(access.password, aws.secrets[READER_SECRET]?.password);
    assert.ok(access.password.length >= 24);
    const guess = openSqlSession({ ...access, password: 'a guess' }, sessionFailuresOn('staging'));
    await assert.rejects(guess, { code: 'database-login-refused', kind: 'denied' });
  },
);

test(
  'a secret with a password that the database does not take is a refused login that names no password',
  TIMEOUT,
  async () => {
    const wrong = { username: 'etl_reader', password: 'not-the-password' };
    await using aws = await openAws({
      answers: { GetSecretValue: () => ({ body: { SecretString: JSON.stringify(wrong) } }) },
    });
    await assert.rejects(aws.database.connect('etl_reader'), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'database-login-refused');
      assert.doesNotMatch(error.message, /not-the-password/);
      return true;
    });
    await aws.database[Symbol.asyncDispose]();
    assert.equal(aws.asked('TerminateSession').length, 1);
  },
);

test('shop_api logs in with an IAM token for the real endpoint, over checked TLS', TIMEOUT, async () => {
  const { paths } = await shopServer();
  const files = certificatePaths(paths.server.certificates);
  const tls = { key: await readFile(files.key, 'utf8'), cert: await readFile(files.certificate, 'utf8') };
  await using aurora = await startIamDatabase(tls);
  await using aws = await openAws({ port: aurora.port });
  {
    await using session = await aws.database.connect('shop_api');
    await session.query('UPDATE products SET stock = 1');
  }
  const token = new URL(`https://${aurora.passwords[0]?.replace(/\0$/, '')}`);
  assert.equal(token.host, `localhost:${aurora.port}`);
  assert.equal(token.searchParams.get('DBUser'), 'shop_api');
  assert.equal(aurora.sawPlainLogin(), false);
  assert.equal(aws.asked('GetSecretValue').length, 0);
});

test(
  'a rotation tries passwords through the tunnel, sets its own, and ends the session',
  TIMEOUT,
  async () => {
    await using aws = await openAws();
    const current = { username: 'etl_reader', password: aws.secrets[READER_SECRET]?.password ?? '' };
    const wanted = { ...current, password: 'one-that-is-tried' };
    {
      await using path = await aws.openPath();
      assert.deepEqual(
        await Promise.all([tryLogin(path, current), tryLogin(path, wanted), tryLogin(path, current)]),
        ['accepted', 'refused', 'accepted'],
      );
      for (const [from, to] of [
        [current, wanted],
        [wanted, current],
      ] as const) {
        await using session = await path.logIn(from);
        await setOwnPassword(session, to.password);
        assert.deepEqual([await tryLogin(path, to), await tryLogin(path, from)], ['accepted', 'refused']);
      }
    }
    assert.equal(aws.asked('StartSession').length, 1);
    assert.equal(aws.asked('TerminateSession').length, 1);
    assert.equal(aws.asked('GetSecretValue').length, 0, 'what is tried is given, not read');
  },
);

test('a command that is stopped ends its session, and the statement under way with it', TIMEOUT, async () => {
  const command = new AbortController();
  await using aws = await openAws({ signal: command.signal });
  await using session = await aws.database.connect('etl_reader');
  const underWay = session.query('SELECT SLEEP(600)');
  const { database: local } = await shopServer();
  await using admin = await local.connect('admin');
  const sleeping = "SELECT 1 FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'";
  // Each look is a round trip to the server, which is all the waiting there is.
  while ((await admin.query(sleeping)).rows.length === 0);
  command.abort(new Error('stopped'));
  await assert.rejects(underWay, { code: 'database-unreachable' });
  await aws.database[Symbol.asyncDispose]();
  assert.equal(aws.asked('TerminateSession').length, 1);
  await assert.rejects(aws.database.connect('etl_reader'), /stopped/);
});

test(
  'a tunnel that cannot be opened leaves no session, and is opened anew when asked again',
  TIMEOUT,
  async () => {
    let online = instanceInformation('3.3.3572.0', 'ConnectionLost');
    await using aws = await openAws({ answers: { DescribeInstanceInformation: () => ({ body: online }) } });
    await assert.rejects(aws.database.connect('etl_reader'), { code: 'bastion-offline' });
    assert.equal(aws.asked('StartSession').length, 0);
    online = instanceInformation('3.3.3572.0');
    await using session = await aws.database.connect('etl_reader');
    assert.deepEqual((await session.query('SELECT 1')).rows, [['1']]);
  },
);

test('the state of the cluster is told in the words of every environment', TIMEOUT, async () => {
  let status = '';
  const fault =
    '<ErrorResponse><Error><Type>Sender</Type><Code>DBClusterNotFoundFault</Code><Message>no</Message></Error></ErrorResponse>';
  await using aws = await openAws({
    answers: {
      DescribeDBClusters: () =>
        status === ''
          ? { status: 404, body: fault }
          : { body: clusterXml('writer.example', 3306, `<Status>${status}</Status>`) },
    },
  });
  assert.deepEqual(await aws.database.describe(), { state: 'absent', database: 'stg_core' });
  for (const [given, state] of [
    ['available', 'running'],
    ['modifying', 'running'],
    ['stopped', 'stopped'],
    ['creating', 'unreachable'],
  ] as const) {
    status = given;
    const about = { database: 'stg_core', host: 'writer.example', port: 3306 };
    assert.deepEqual(await aws.database.describe(), { ...about, state });
  }
  assert.equal(aws.asked('StartSession').length, 0, 'looking opens no tunnel');
});
