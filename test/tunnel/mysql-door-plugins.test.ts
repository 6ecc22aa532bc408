// The plugins that the private server does not have, against a simulated server (see its own words), with
// mysql2 as the client.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { type Connection, createConnection } from 'mysql2/promise';
import { ensureCertificates } from '../../src/local/mysql-certificates.ts';
import type { DoorLogin } from '../../src/mysql/door-login.ts';
import { dialer, startDoor } from '../support/mysql-door.ts';
import {
  type SimulatedMysql,
  type SimulatedMysqlInput,
  startSimulatedMysql,
} from '../support/simulated-mysql.ts';

const PASSWORD = 'pässwörd of the database';
/** As long as an IAM token of an assumed role. */
const TOKEN = `db.example:3306/?Action=connect&DBUser=shop_api&X-Amz-Security-Token=${'t'.repeat(1_400)}`;

type Simulation = Omit<SimulatedMysqlInput, 'password' | 'tls'> & { readonly tls: boolean };

interface Behind {
  readonly server: SimulatedMysql;
  connect(): Promise<Connection>;
}

async function behindDoor(
  t: TestContext,
  simulation: Simulation,
  login: Partial<DoorLogin> = {},
): Promise<Behind> {
  const folder = await mkdtemp(join(tmpdir(), 'dp-simulated-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const paths = await ensureCertificates(join(folder, 'tls'), Date.now());
  const read = (path: string): Promise<string> => readFile(path, 'utf8');
  const [ca, certificate, key] = await Promise.all([paths.authority, paths.certificate, paths.key].map(read));
  assert.ok(ca !== undefined && certificate !== undefined && key !== undefined);
  const { tls, ...account } = simulation;
  const password = login.password ?? PASSWORD;
  const server = await startSimulatedMysql(t, {
    ...account,
    password,
    ...(tls ? { tls: { key, certificate } } : {}),
  });
  const verified = tls ? { tls: { serverName: 'localhost', ca } } : {};
  const door = await startDoor(t, {
    dial: dialer({ host: '127.0.0.1', port: server.port }),
    login: () => ({ user: 'shop_api', password, credential: 'secret', ...verified, ...login }),
  });
  const connect = async (): Promise<Connection> => {
    const connection = await createConnection({ host: '127.0.0.1', port: door.port, user: 'anybody' });
    connection.on('error', () => undefined);
    t.after(() => connection.destroy());
    return connection;
  };
  return { server, connect };
}

const cases: readonly (readonly [string, Simulation, readonly string[]])[] = [
  [
    'caching_sha2_password, cached',
    { plugin: 'caching_sha2_password', cached: true, tls: true },
    ['tls', 'fast'],
  ],
  [
    'caching_sha2_password, cached, without TLS',
    { plugin: 'caching_sha2_password', cached: true, tls: false },
    ['fast'],
  ],
  [
    'caching_sha2_password, not cached',
    { plugin: 'caching_sha2_password', cached: false, tls: true },
    ['tls', 'full'],
  ],
  [
    'mysql_native_password where the default is another',
    { plugin: 'mysql_native_password', tls: true },
    ['tls'],
  ],
];

for (const [name, simulation, seen] of cases) {
  test(`a simulated server logs dp in: ${name}`, async (t) => {
    const { server, connect } = await behindDoor(t, simulation);
    const connection = await connect();
    await connection.ping();
    assert.deepEqual(server.seen, [...seen, 'logged in', 'command 14']);
    await connection.query('DO 1');
    assert.equal(server.seen.at(-1), 'command 3');
  });
}

test('a simulated server gets an IAM token in clear, inside TLS', async (t) => {
  const simulation: Simulation = { plugin: 'mysql_clear_password', tls: true };
  const { server, connect } = await behindDoor(t, simulation, { password: TOKEN, credential: 'iam-token' });
  await (await connect()).ping();
  assert.deepEqual(server.seen, ['tls', 'clear', 'logged in', 'command 14']);
});

test('without TLS neither a token nor an uncached password is sent', async (t) => {
  const clear = await behindDoor(t, { plugin: 'mysql_clear_password', tls: false });
  await assert.rejects(clear.connect(), {
    errno: 1251,
    message: /mysql_clear_password wants the password itself/,
  });
  const full = await behindDoor(t, { plugin: 'caching_sha2_password', cached: false, tls: false });
  await assert.rejects(full.connect(), {
    errno: 1251,
    message: /caching_sha2_password wants the password itself/,
  });
  assert.ok(![...clear.server.seen, ...full.server.seen].includes('logged in'));
});

test('an account of a plugin that dp does not speak is named', async (t) => {
  const { connect } = await behindDoor(t, { plugin: 'client_ed25519', tls: true });
  await assert.rejects(connect(), { errno: 1251, message: /as shop_api: .*plugin is client_ed25519/ });
});
