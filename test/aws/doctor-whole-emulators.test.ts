// The whole chain of an environment on AWS, with what opens tunnels and runs queries: moto, the private server behind the
// gateway in the place of Aurora for `etl_reader`, and a stand-in that takes IAM tokens for `shop_api`.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, beforeEach, test } from 'node:test';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { addDays, dayAt } from '../../src/etl/business-day.ts';
import { manifestKey } from '../../src/etl/lake-keys.ts';
import { formatManifest, type Manifest } from '../../src/etl/manifest.ts';
import { runIdOf } from '../../src/etl/run-id.ts';
import { certificatePaths } from '../../src/local/mysql-certificates.ts';
import { openSqlSession } from '../../src/local/sql-session.ts';
import type { EtlDeps } from '../../src/operations/etl-deps.ts';
import { openEtl } from '../../src/operations/open-etl.ts';
import type { SecretValue } from '../../src/platform/secrets.ts';
import { openSecretsThrough, SECRET_NAMES, TEST_LIMITS } from '../support/aws-secrets.ts';
import { assertBroken, diagnose, hopOf, troubleIn } from '../support/diagnose.ts';
import { type EmulatedPlatform, startEmulatedPlatform } from '../support/emulated-platform.ts';
import { type IamDatabase, startIamDatabase } from '../support/iam-database.ts';
import { publishTestDay } from '../support/published-day.ts';
import { sharedShopServer } from '../support/shop-server.ts';
import { openTunnelledDatabase } from '../support/tunnelled-database.ts';

type TunnelledDatabase = Awaited<ReturnType<typeof openTunnelledDatabase>>;

/** A rotation that was cut off is given this long to go on. */
const LIMITS = { ...TEST_LIMITS, totalMs: 500 };
const yesterday = addDays(dayAt(Date.now()), -1);
const shopServer = sharedShopServer();
let platform: EmulatedPlatform;
let iam: IamDatabase;
/** The way of `shop_api`, and that of `etl_reader`. */
let byToken: TunnelledDatabase;
let bySecret: TunnelledDatabase;
let etl: EtlDeps;
let published: Manifest;

before(async () => {
  const server = await shopServer();
  const files = certificatePaths(server.paths.server.certificates);
  const tls = { key: await readFile(files.key, 'utf8'), cert: await readFile(files.certificate, 'utf8') };
  platform = await startEmulatedPlatform();
  iam = await startIamDatabase(tls);
  byToken = await openTunnelledDatabase(server, { port: iam.port });
  bySecret = await openTunnelledDatabase(server);
  await keep(await currentLogin());
  const { platform: opened, lakeDatabase } = platform.open();
  etl = await openEtl(opened, { lakeDatabase });
  published = await publishTestDay({ date: yesterday, runId: runIdOf(Date.now(), 'aaaaaa') }, etl);
});

beforeEach(() => {
  platform.reset();
  iam.refuses = false;
});

after(async () => {
  await byToken[Symbol.asyncDispose]();
  await bySecret[Symbol.asyncDispose]();
  await iam[Symbol.asyncDispose]();
  await platform[Symbol.asyncDispose]();
});

async function currentLogin(): Promise<SecretValue> {
  const { user: username, password } = await (await shopServer()).database.access('etl_reader');
  return { username, password };
}

/** Makes this the secret's current version. */
async function keep(value: SecretValue): Promise<void> {
  const secrets = await platform.clients.secretsManager();
  const SecretString = JSON.stringify(value);
  await secrets.send(new PutSecretValueCommand({ SecretId: SECRET_NAMES.readerSecret, SecretString }));
}

function open() {
  const opened = platform.open();
  const secrets = openSecretsThrough(platform.clients, bySecret.openPath, { limits: LIMITS });
  const own = { database: async () => byToken.database, secrets: async () => secrets };
  return { ...opened, platform: { ...opened.platform, ...own } };
}

const doctor = () => diagnose(open, { hint: false });

async function findsBroken(name: string, reason: RegExp): Promise<void> {
  assertBroken(await doctor(), name, reason);
}

async function accepts({ username: user, password }: SecretValue): Promise<boolean> {
  const access = await (await shopServer()).database.access('etl_reader');
  const session = openSqlSession({ ...access, user, password });
  return session.then(
    async (opened) => {
      await opened[Symbol.asyncDispose]();
      return true;
    },
    () => false,
  );
}

/** Gives the user of the secret another password, behind the secret's back. */
async function setPassword(password: string): Promise<void> {
  await using admin = await (await shopServer()).database.connect('admin');
  await admin.query("SET PASSWORD FOR 'etl_reader'@'%' = PASSWORD(?)", [password]);
}

test('with yesterday loaded every hop is green, the logins by token and by secret among them', async () => {
  const { light, hops } = await doctor();
  assert.equal(light, 'green', troubleIn({ hops }));
  assert.equal(hops.length, 20);
  assert.match(hopOf({ hops }, 'warehouse').reason, new RegExp(`of ${yesterday} can be queried`));
  assert.match(iam.passwords.at(-1) ?? '', /X-Amz-Signature=/);
});

test('aurora login: IAM does not let shop_api in', async () => {
  iam.refuses = true;
  await findsBroken('aurora login', /shop_api|Access denied/);
});

test('aurora login: a password that was set by hand; --fix finds the version that works and keeps it', async () => {
  const old = await currentLogin();
  const value = { ...old, password: 'one-that-the-database-has-not' };
  await keep(value);
  await findsBroken('aurora login', /etl_reader cannot log in for dp db and tunnels/);
  const fixed = await diagnose(open, { hint: false, fix: true });
  assert.equal(fixed.light, 'green', troubleIn(fixed));
  assert.deepEqual(fixed.repaired, ['aurora login: gave the database the current password of etl_reader']);
  assert.deepEqual([await accepts(value), await accepts(old)], [true, false]);
  await setPassword(old.password);
  await keep(old);
});

test('secrets: --fix tidies up after a rotation that was cut off', async () => {
  const pending = { ...(await currentLogin()), password: 'never-set' };
  const secrets = await platform.clients.secretsManager();
  await secrets.send(
    new PutSecretValueCommand({
      SecretId: SECRET_NAMES.readerSecret,
      SecretString: JSON.stringify(pending),
      VersionStages: ['AWSPENDING'],
    }),
  );
  assert.equal(hopOf(await doctor(), 'secrets').light, 'yellow');
  const fixed = await diagnose(open, { hint: false, fix: true });
  assert.equal(fixed.light, 'green', troubleIn(fixed));
  assert.deepEqual(fixed.repaired, ['secrets: tidied up after the rotation that was cut off']);
});

test('lake: a published file is gone, or is another', async () => {
  const [file] = published.tables.orders?.files ?? [];
  assert.ok(file);
  const bytes = await etl.lake.read(file.key);
  assert.ok(bytes);
  await etl.lake.delete([file.key]);
  await findsBroken('lake', /a file of orders of .* is gone/);
  await etl.lake.write(file.key, new TextEncoder().encode('cut'));
  await findsBroken('lake', /a file of orders of .* has another size/);
  await etl.lake.write(file.key, bytes);
});

test('catalog: a partition is gone, or points elsewhere', async () => {
  const place = { database: etl.lakeDatabase, table: 'orders' };
  const partition = await etl.catalog.findPartition(place, [yesterday]);
  assert.ok(partition);
  await etl.catalog.switchPartition(place, { ...partition, location: `${etl.lake.root}elsewhere/` });
  await findsBroken('catalog', /orders’s partition .* points at .*elsewhere/);
  await etl.catalog.deletePartition(place, [yesterday]);
  await findsBroken('catalog', /orders has no partition/);
  await etl.catalog.switchPartition(place, partition);
});

test('warehouse: Athena cannot read the day', async () => {
  const Status = {
    State: 'FAILED',
    StateChangeReason: 'HIVE_BAD_DATA: Not valid Parquet file: part-0.parquet',
    AthenaError: { ErrorCategory: 2, ErrorType: 1, Retryable: false },
  };
  const answer = { status: 200, body: { QueryExecution: { QueryExecutionId: 'q', Status } } };
  platform.server.faults.push({ call: '.GetQueryExecution', answer, times: 3 });
  await findsBroken('warehouse', /Not valid Parquet file/);
});

test('shop api: it answers, and is not well', async () => {
  platform.standIn.api = (path) => (path === '/health' ? 503 : 200);
  await findsBroken('shop api', /GET \/health answers 503/);
  platform.standIn.api = (path) => (path.startsWith('/products') ? 500 : 200);
  await findsBroken('shop api', /GET \/products\?limit=1 answers 500/);
});

test('freshness: a day has failed', async () => {
  const date = addDays(yesterday, -1);
  const runId = runIdOf(Date.now(), 'bbbbbb');
  const error = { code: 'lake-differs', message: 'Rows differ.' };
  const key = manifestKey({ day: date, runId });
  await etl.lake.write(key, formatManifest({ ...published, date, runId, state: 'failed', error }));
  await findsBroken('freshness', new RegExp(`days have failed: ${date}`));
  await etl.lake.delete([key]);
});
