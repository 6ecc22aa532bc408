import assert from 'node:assert/strict';
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findMysqlClient } from '../../src/local/mysql-binaries.ts';
import { runMysqlClient } from '../../src/local/mysql-client.ts';
import type { DatabaseAccess } from '../../src/platform/database.ts';
import { type ShopServer, sharedShopServer } from '../support/shop-server.ts';

const shopServer = sharedShopServer();

/** Types `sql` into the client and gives what it printed. */
async function typed(
  server: ShopServer,
  access: DatabaseAccess,
  sql: string,
): Promise<{ code: number; output: string } | undefined> {
  const { environmentVariables, paths } = server;
  const client = await findMysqlClient({ environmentVariables, cache: paths.cache });
  if (client === undefined) return undefined;
  await writeFile(join(server.projectRoot, 'input'), sql);
  await using input = await open(join(server.projectRoot, 'input'));
  await using output = await open(join(server.projectRoot, 'output'), 'w');
  const code = await runMysqlClient({
    access,
    client,
    environmentVariables,
    historyPath: join(paths.history, 'sql'),
    privateFolder: paths.work,
    options: ['--batch', '--skip-column-names'],
    stdio: [input.fd, output.fd, output.fd],
  });
  return { code, output: await readFile(join(server.projectRoot, 'output'), 'utf8') };
}

const NO_CLIENT = 'there is no mariadb or mysql client on this machine';

async function withClient(t: TestContext, access: (whole: DatabaseAccess) => DatabaseAccess) {
  const server = await shopServer();
  const whole = await server.database.access('etl_reader');
  const got = await typed(server, access(whole), "SELECT DATABASE(), CURRENT_USER(), '🍣';");
  if (got === undefined) return t.skip(NO_CLIENT);
  assert.equal(got.output, 'stg_core\tetl_reader@%\t🍣\n');
  assert.equal(got.code, 0);
  assert.deepEqual(await readdir(server.paths.work), [], 'no credentials stay behind');
}

test('the client logs in over the socket', (t) => withClient(t, (whole) => whole));

test('the client logs in over TCP with TLS', (t) =>
  withClient(t, ({ socketPath: _, ...overTcp }) => overTcp));

test('a failing statement is the exit code of the client', async (t) => {
  const server = await shopServer();
  const got = await typed(server, await server.database.access('etl_reader'), 'SELEKT 1;');
  if (got === undefined) return t.skip(NO_CLIENT);
  assert.equal(got.code, 1);
  assert.match(got.output, /SELEKT/);
});

test('a password with quotes and backslashes reaches the server as it is', async (t) => {
  const server = await shopServer();
  const password = 'a"b\\c\'d#e =;f';
  {
    await using admin = await server.database.connect('admin');
    await admin.query("CREATE USER 'odd'@'%' IDENTIFIED BY ?", [password]);
    await admin.query("GRANT SELECT ON stg_core.* TO 'odd'@'%'");
  }
  const access = { ...(await server.database.access('etl_reader')), user: 'odd', password };
  const got = await typed(server, access, 'SELECT 1;');
  if (got === undefined) return t.skip(NO_CLIENT);
  assert.equal(got.output, '1\n');
});

test('a client that is no program, or is gone, is said so', async () => {
  const server = await shopServer();
  const path = join(server.projectRoot, 'mariadb');
  await writeFile(path, 'not a program', { mode: 0o755 });
  const { environmentVariables, paths } = server;
  const access = await server.database.access('etl_reader');
  for (const client of [`${path}-that-is-gone`, join(path, 'within')]) {
    const started = runMysqlClient({
      access,
      client: { path: client, libraryFolders: [] },
      environmentVariables,
      historyPath: join(paths.history, 'sql'),
      privateFolder: paths.work,
      stdio: 'ignore',
    });
    await assert.rejects(started, { code: 'database-client-not-started' }, client);
  }
  assert.deepEqual(await readdir(paths.work), [], 'no credentials stay behind');
});
