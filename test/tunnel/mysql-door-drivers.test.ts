import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { dialer, loginOf, startDoor } from '../support/mysql-door.ts';
import { sharedShopServer } from '../support/shop-server.ts';
import { findTestPeer } from '../support/test-peer.ts';

const run = promisify(execFile);
const shop = sharedShopServer();
const FIXTURES = join(import.meta.dirname, '../fixtures/mysql-door');
const LOCAL_PASSWORD = 'shown once';

async function openDoor(t: TestContext, localPassword?: string): Promise<string> {
  const { database } = await shop();
  const access = await database.access('shop_api');
  const protection = localPassword === undefined ? {} : { localPassword };
  const door = await startDoor(t, { dial: dialer(access), login: () => loginOf(access), ...protection });
  return String(door.port);
}

const PYTHON_PEERS = [
  ['PyMySQL', 'client_check.py', /^PyMySQL \d/],
  ['Oracle’s client library', 'library_check.py', /^Oracle 9/],
] as const;

for (const [name, script, words] of PYTHON_PEERS) {
  test(`${name} works through the door, without a password and with one`, async (t) => {
    const python = findTestPeer(t, 'DP_TEST_PYTHON');
    if (python === undefined) return;
    for (const password of [undefined, LOCAL_PASSWORD]) {
      const options = [await openDoor(t, password), ...(password === undefined ? [] : [password])];
      const { stdout } = await run(python, [join(FIXTURES, script), ...options]);
      assert.match(stdout, words);
    }
  });
}

test('MySQL Connector/J works through the door, without a password and with one', async (t) => {
  const jars = findTestPeer(t, 'DP_TEST_JARS');
  if (jars === undefined) return;
  const connector = (await readdir(jars)).find((name) => /^mysql-connector-j-.*\.jar$/.test(name));
  assert.ok(connector !== undefined, `there is a mysql-connector-j jar in ${jars}`);
  const classes = await mkdtemp(join(tmpdir(), 'dp-java-'));
  t.after(() => rm(classes, { recursive: true, force: true }));
  const classPath = `${classes}:${join(jars, connector)}`;
  await run('javac', ['-cp', classPath, '-d', classes, join(FIXTURES, 'ClientCheck.java')]);
  for (const password of [undefined, LOCAL_PASSWORD]) {
    const words = [await openDoor(t, password), ...(password === undefined ? [] : [password])];
    const { stdout } = await run('java', ['-Xmx512m', '-cp', classPath, 'ClientCheck', ...words]);
    assert.match(stdout, /8\.0\.33/);
  }
});
