import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Duplex, duplexPair, pipeline, Readable, Transform } from 'node:stream';
import test, { type TestContext } from 'node:test';
import { promisify } from 'node:util';
import {
  type Connection,
  type ConnectionOptions,
  createConnection,
  type RowDataPacket,
} from 'mysql2/promise';
import { localLogin } from '../../src/local/database-login.ts';
import { binariesEnvironment, findMysqlClient } from '../../src/local/mysql-binaries.ts';
import { ensureCertificates } from '../../src/local/mysql-certificates.ts';
import { localPaths } from '../../src/local/paths.ts';
import type { DoorLogin } from '../../src/mysql/door-login.ts';
import { parseErrorPacket } from '../../src/mysql/error-packet.ts';
import { clientSilent, loginUnavailable } from '../../src/mysql/errors.ts';
import { encodePacket } from '../../src/mysql/packet.ts';
import type { DatabaseAccess } from '../../src/platform/database.ts';
import { until } from '../../src/std/deadline.ts';
import { type DoorPort, type DoorPortInput, dialer, loginOf, startDoor } from '../support/mysql-door.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { sharedShopServer } from '../support/shop-server.ts';

const run = promisify(execFile);
const shop = sharedShopServer();
const MEGABYTE = 2 ** 20;

interface Opened {
  readonly door: DoorPort;
  readonly access: DatabaseAccess;
}

/** A door to the private server, over verified TLS, with the login of `shop_api`. */
async function openDoor(t: TestContext, input: Partial<DoorPortInput> = {}): Promise<Opened> {
  const { database } = await shop();
  const access = await database.access('shop_api');
  const door = await startDoor(t, { dial: dialer(access), login: () => loginOf(access), ...input });
  return { door, access };
}

/** Logs in as somebody the database has never heard of. */
async function connectTo(
  t: TestContext,
  door: DoorPort,
  options: ConnectionOptions = {},
): Promise<Connection> {
  const connection = await createConnection({
    host: '127.0.0.1',
    port: door.port,
    user: 'nobody-in-particular',
    database: 'stg_core',
    ...options,
  });
  connection.on('error', () => undefined);
  t.after(() => connection.destroy());
  return connection;
}

async function firstRow(connection: Connection, sql: string, values: unknown[] = []): Promise<RowDataPacket> {
  const [rows] = await connection.query<RowDataPacket[]>(sql, values);
  assert.ok(rows[0] !== undefined);
  return rows[0];
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('whatever a client logs in as, the session is that of the database user, with schema and TLS', async (t) => {
  const { door } = await openDoor(t);
  for (const password of [undefined, 'wrong']) {
    const connection = await connectTo(t, door, password === undefined ? {} : { password });
    const row = await firstRow(connection, `SELECT current_user() AS user, database() AS db`);
    assert.deepEqual({ ...row }, { user: 'shop_api@%', db: 'stg_core' });
    const [status] = await connection.query<RowDataPacket[]>("SHOW STATUS LIKE 'Ssl_version'");
    assert.match(String(status[0]?.Value), /^TLSv1\.[23]$/);
  }
  const { user, version } = await door.next('opened');
  assert.equal(user, 'shop_api');
  assert.match(version, /MariaDB/);
});

test('the local environment’s own login opens the door, for each of its users', async (t) => {
  const { database } = await shop();
  for (const user of ['shop_api', 'etl_reader'] as const) {
    const { door } = await openDoor(t, { login: localLogin({ user }, { database }) });
    const connection = await connectTo(t, door);
    assert.equal((await firstRow(connection, 'SELECT current_user() AS user')).user, `${user}@%`);
  }
});

test('character set, connect attributes and flags reach the database', async (t) => {
  const { door } = await openDoor(t);
  const connection = await connectTo(t, door, { charset: 'utf8mb4_unicode_520_ci', flags: ['FOUND_ROWS'] });
  const row = await firstRow(connection, 'SELECT @@character_set_client AS c, @@collation_connection AS o');
  assert.deepEqual({ ...row }, { c: 'utf8mb4', o: 'utf8mb4_unicode_520_ci' });
  const text = '雪だるま ☃ 😀 naïve';
  const back = await firstRow(connection, 'SELECT ? AS t, char_length(?) AS n, hex(?) AS h', [
    text,
    text,
    text,
  ]);
  assert.deepEqual(
    { ...back },
    { t: text, n: [...text].length, h: Buffer.from(text).toString('hex').toUpperCase() },
  );
});

test('prepared statements and several statements at once', async (t) => {
  const { door } = await openDoor(t);
  const connection = await connectTo(t, door, { multipleStatements: true });
  for (const value of [1, 2, 3]) {
    const [rows] = await connection.execute<RowDataPacket[]>('SELECT ? * 2 AS doubled, ? AS text', [
      value,
      'é',
    ]);
    assert.deepEqual({ ...rows[0] }, { doubled: value * 2, text: 'é' });
  }
  const [results] = await connection.query('SELECT 1 AS a; SELECT 2 AS b; DO 3');
  assert.deepEqual(JSON.parse(JSON.stringify(results)).slice(0, 2), [[{ a: 1 }], [{ b: 2 }]]);
  const single = await connectTo(t, door);
  await assert.rejects(
    single.query('SELECT 1; SELECT 2'),
    { errno: 1064 },
    'only where the client asked for it',
  );
});

test('a million rows arrive, every one of them', async (t) => {
  const { door } = await openDoor(t);
  const connection = await connectTo(t, door);
  let count = 0;
  let sum = 0;
  const rows = (
    connection as unknown as { connection: { query(options: object): { stream(): Readable } } }
  ).connection
    .query({ sql: 'SELECT seq FROM seq_1_to_1000000', rowsAsArray: true })
    .stream();
  for await (const [value] of rows) {
    count += 1;
    sum += value;
  }
  assert.deepEqual([count, sum], [1_000_000, 500_000_500_000]);
});

test('packets beyond 16 MB cross whole in both directions', async (t) => {
  const { door } = await openDoor(t);
  const connection = await connectTo(t, door);
  // 0x11 all over: each continuation packet begins with what would be COM_CHANGE_USER in a command.
  const large = Buffer.alloc(40 * MEGABYTE, 0x11);
  const [rows] = await connection.execute<RowDataPacket[]>(
    'SELECT sha2(?, 256) AS digest, length(?) AS size',
    [large, Buffer.alloc(5)],
  );
  assert.deepEqual({ ...rows[0] }, { digest: sha256(large), size: 5 });
  const back = await firstRow(connection, "SELECT repeat('x', ?) AS text", [33 * MEGABYTE]);
  assert.equal(back.text.length, 33 * MEGABYTE);
  assert.equal((await firstRow(connection, 'SELECT 1 AS one')).one, 1);
});

test('fifty connections work at the same time', async (t) => {
  const { door } = await openDoor(t);
  const ids = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const connection = await connectTo(t, door);
      await connection.query('SET @mine = ?', [index]);
      await connection.query('DO sleep(0.2)');
      const row = await firstRow(connection, 'SELECT @mine AS mine, connection_id() AS id');
      assert.equal(row.mine, index);
      assert.equal(row.id, connection.threadId, 'the id the client knows is the database’s own');
      return row.id;
    }),
  );
  assert.equal(new Set(ids).size, 50);
  assert.equal(door.connections(), 50);
});

test('a client can kill its own running statement by the id it was greeted with', async (t) => {
  const { door } = await openDoor(t);
  const sleeper = await connectTo(t, door);
  const other = await connectTo(t, door);
  const sql = 'SELECT count(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 b';
  const ended = assert.rejects(sleeper.query(sql), { errno: 1317 });
  const running = 'SELECT count(*) AS n FROM information_schema.processlist WHERE id = ? AND info = ?';
  while ((await firstRow(other, running, [sleeper.threadId, sql])).n === 0);
  await other.query('KILL QUERY ?', [sleeper.threadId]);
  await ended;
});

test('the database cannot read this machine’s files, even where client and server would allow it', async (t) => {
  const { database } = await shop();
  await using admin = await database.connect('admin');
  await admin.query('SET GLOBAL local_infile = 1');
  const access = await database.access('admin');
  const { door } = await openDoor(t, { login: () => loginOf(access) });
  const without = await createConnection({ ...direct(access), flags: ['LOCAL_FILES'] });
  t.after(() => without.destroy());
  const load = {
    sql: "LOAD DATA LOCAL INFILE 'anything' INTO TABLE loaded (line)",
    infileStreamFactory: () => Readable.from([Buffer.from('asked for\n')]),
  };
  await without.query('CREATE TEMPORARY TABLE loaded (line TEXT)');
  await without.query(load);
  const connection = await connectTo(t, door, { flags: ['LOCAL_FILES'] });
  await connection.query('CREATE TEMPORARY TABLE loaded (line TEXT)');
  await assert.rejects(connection.query(load), { errno: 4166 });
});

/** The same user without the door. */
function direct(access: DatabaseAccess): ConnectionOptions {
  const { host, port, user, password, database, tls } = access;
  return { host, port, user, password, database, ssl: { ca: tls?.ca ?? '' } };
}

test('COM_CHANGE_USER gives a fresh session of the same database user', async (t) => {
  const { door } = await openDoor(t);
  const connection = await connectTo(t, door);
  await connection.query('SET @kept = 1');
  for (const database of ['information_schema', 'stg_core']) {
    await connection.changeUser({ user: 'somebody-else', password: 'whatever', database });
    const row = await firstRow(connection, 'SELECT current_user() AS user, database() AS db, @kept AS kept');
    assert.deepEqual({ ...row }, { user: 'shop_api@%', db: database, kept: null });
  }
  await assert.rejects(connection.changeUser({ database: 'no_such_schema' }), { errno: 1044 });
});

test('a rotation leaves open sessions alone, and new ones use the new password at once', async (t) => {
  const { database } = await shop();
  const access = await database.access('shop_api');
  const current = { password: access.password };
  const { door } = await openDoor(t, { login: () => ({ ...loginOf(access), ...current }) });
  const before = await connectTo(t, door);
  await using admin = await database.connect('admin');
  const rotate = async (password: string): Promise<void> => {
    await admin.query(`ALTER USER 'shop_api'@'%' IDENTIFIED BY '${password}'`);
  };
  await rotate('rotated-1');
  try {
    assert.equal((await firstRow(before, 'SELECT 1 AS one')).one, 1);
    await assert.rejects(connectTo(t, door), /refused the current secret of shop_api: Access denied/);
    current.password = 'rotated-1';
    const after = await connectTo(t, door);
    await before.changeUser({ database: 'stg_core' });
    for (const connection of [before, after])
      assert.equal((await firstRow(connection, 'SELECT 1 AS one')).one, 1);
  } finally {
    await rotate(access.password);
  }
});

test('a connection that meets the moment of a rotation asks for the credentials once more', async (t) => {
  const asked: string[] = [];
  const { database } = await shop();
  const access = await database.access('shop_api');
  const good = loginOf(access);
  const stale: DoorLogin = { ...good, password: 'of yesterday' };
  const { door } = await openDoor(t, {
    login: ({ refused }) => {
      asked.push(refused === undefined ? 'fresh' : `after ${refused.password}`);
      return refused === undefined ? stale : good;
    },
  });
  const connection = await connectTo(t, door);
  assert.equal((await firstRow(connection, 'SELECT 1 AS one')).one, 1);
  assert.deepEqual(asked, ['fresh', 'after of yesterday']);
});

test('a certificate for another name, or of another authority, is refused before any credentials are sent', async (t) => {
  const { database } = await shop();
  const access = await database.access('shop_api');
  const login = loginOf(access);
  assert.ok(login.tls !== undefined);
  const elsewhere = await openDoor(t, {
    login: () => ({ ...login, tls: { ...login.tls, serverName: 'db.example' } }),
  });
  await assert.rejects(connectTo(t, elsewhere.door), {
    errno: 3159,
    message: /certificate is not for db\.example/,
  });

  const folder = await mkdtemp(join(tmpdir(), 'dp-door-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { authority } = await ensureCertificates(join(folder, 'other'), Date.now());
  const ca = await readFile(authority, 'utf8');
  const stranger = await openDoor(t, { login: () => ({ ...login, tls: { serverName: 'localhost', ca } }) });
  await assert.rejects(connectTo(t, stranger.door), { errno: 3159, message: /cannot be trusted/ });
  const refused = await stranger.door.next('refused');
  assert.equal(refused.failure.code, 'door-tls-refused');
});

test('what goes wrong upstream is an error the client can read', async (t) => {
  const nobody = createServer().listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const { port } = nobody.address() as AddressInfo;
  nobody.close();
  await once(nobody, 'close');
  const unreachable = await openDoor(t, {
    target: 'db.example:3306',
    dial: dialer({ host: '127.0.0.1', port }),
  });
  await assert.rejects(connectTo(t, unreachable.door), {
    errno: 1429,
    message: /Cannot reach the database db\.example:3306: .*ECONNREFUSED/,
  });

  const unread = await openDoor(t, {
    login: () => {
      throw loginUnavailable('db.example', new Error('AccessDeniedException: not allowed to GetSecretValue'));
    },
  });
  await assert.rejects(connectTo(t, unread.door), {
    errno: 1045,
    message: /Cannot get credentials .*GetSecretValue/,
  });

  const { door } = await openDoor(t);
  await assert.rejects(connectTo(t, door, { database: 'no_such_schema' }), {
    errno: 1044,
    message: "Access denied for user 'shop_api'@'%' to database 'no_such_schema'",
  });
});

test('with a local password nobody else comes in, by either plugin', async (t) => {
  const { door } = await openDoor(t, { localPassword: 'shown once' });
  const connection = await connectTo(t, door, { password: 'shown once' });
  assert.equal((await firstRow(connection, 'SELECT current_user() AS user')).user, 'shop_api@%');
  await connection.changeUser({ password: 'shown once', database: 'stg_core' });
  for (const password of ['', 'shown twice']) {
    await assert.rejects(connectTo(t, door, { password }), {
      errno: 1045,
      message: /the password that dp showed/,
    });
  }
  await assert.rejects(connection.changeUser({ password: 'guessed' }), { errno: 1045 });
});

/** Reads what a door says until it ends the connection. */
async function lastWords(port: number, sent: Uint8Array): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(sent);
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part);
  return Buffer.concat(parts);
}

/** The number of the ERR packet that ends `bytes`. */
function errorNumber(bytes: Buffer): number {
  const greeting = bytes[4] === 0xff ? 0 : 4 + bytes.readUIntLE(0, 3);
  return parseErrorPacket(bytes.subarray(greeting + 4)).number;
}

test('a client that never finishes its handshake is cut off, and others are not kept waiting', async (t) => {
  const { door } = await openDoor(t, { limits: { clientTimeoutMs: 150 } });
  const lorises = Array.from({ length: 20 }, (_, index) =>
    lastWords(door.port, new Uint8Array(index).fill(1)),
  );
  const connection = await connectTo(t, door);
  assert.equal((await firstRow(connection, 'SELECT 1 AS one')).one, 1);
  for (const words of await Promise.all(lorises)) assert.equal(errorNumber(words), 1159);
  const events = door.events.filter((event) => event.event === 'refused');
  assert.ok(events.every((event) => event.failure.message === clientSilent(0.15).message));
});

test('more handshakes than the limit are turned away, and one that ends makes room', async (t) => {
  const { door } = await openDoor(t, { limits: { handshakesMax: 1 } });
  const idle = connect(door.port, '127.0.0.1');
  await once(idle, 'data');
  assert.equal(errorNumber(await lastWords(door.port, new Uint8Array())), 1040);
  idle.destroy();
  while (door.connections() > 0) await new Promise((turn) => setImmediate(turn));
  await connectTo(t, door);
});

test('a database that never answers ends in an error, not in a hanging client', async (t) => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  const { door } = await openDoor(t, {
    dial: dialer({ host: '127.0.0.1', port }),
    limits: { databaseTimeoutMs: 100 },
  });
  await assert.rejects(connectTo(t, door), { errno: 1159 });
});

test('a client that goes away takes its database connection with it', async (t) => {
  const { door } = await openDoor(t);
  const connection = await connectTo(t, door);
  connection.destroy();
  const { bytesToClient } = await door.next('closed');
  assert.ok(bytesToClient > 0);
  assert.equal(door.connections(), 0);
});

/** A stream like a tunnel's: not a socket, and cutting its bytes anywhere. */
function dialThroughStream(access: DatabaseAccess, seed: number): () => Duplex {
  const random = seededRandom(seed);
  const cutting = () =>
    new Transform({
      transform(bytes: Buffer, _encoding, done) {
        for (let at = 0; at < bytes.length; ) {
          const size = 1 + random.below(bytes.length < 2_000 ? 7 : 30_000);
          this.push(bytes.subarray(at, at + size));
          at += size;
        }
        done();
      },
    });
  return () => {
    const [near, far] = duplexPair();
    const socket = dialer(access)();
    pipeline(socket, cutting(), far, cutting(), socket, () => undefined);
    return near;
  };
}

test('over a stream that is no socket and cuts bytes anywhere, TLS and large packets cross as well', async (t) => {
  const { database } = await shop();
  const { door } = await openDoor(t, { dial: dialThroughStream(await database.access('shop_api'), 99) });
  const connection = await connectTo(t, door);
  const large = Buffer.alloc(20 * MEGABYTE, 0x11);
  const [rows] = await connection.execute<RowDataPacket[]>('SELECT sha2(?, 256) AS digest', [large]);
  assert.equal(rows[0]?.digest, sha256(large));
  await connection.changeUser({ database: 'information_schema' });
  const back = await firstRow(connection, "SELECT repeat('x', ?) AS text, database() AS db", [20 * MEGABYTE]);
  assert.deepEqual([back.text.length, back.db], [20 * MEGABYTE, 'information_schema']);
});

test('a client that does not read holds up only itself, and little memory', async (t) => {
  const { database } = await shop();
  const { door } = await openDoor(t);
  const before = process.memoryUsage().rss;
  const readers = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const connection = await connectTo(t, door);
      const socket = (connection as unknown as { connection: { stream: Duplex } }).connection.stream;
      connection.query("SELECT repeat('x', 1000000) FROM seq_1_to_100000").catch(() => undefined);
      socket.pause();
      return connection.threadId;
    }),
  );
  // The server says of itself that it waits for somebody to take its rows: looked at until it stays so.
  await using admin = await database.connect('admin');
  const stuck = `SELECT count(*) FROM information_schema.processlist WHERE id IN (${readers.join()}) AND state = 'Writing to net'`;
  for (let still = 0; still < 50; ) {
    const { rows } = await admin.query(stuck);
    still = rows[0]?.[0] === '4' ? still + 1 : 0;
  }
  const grown = (process.memoryUsage().rss - before) / MEGABYTE;
  assert.ok(grown < 100, `${grown} MB for 400 GB on offer`);
  const other = await connectTo(t, door);
  assert.equal((await firstRow(other, 'SELECT 1 AS one')).one, 1);
});

test('what a client sent before it went away is done, as it is without dp', async (t) => {
  const { database } = await shop();
  await using admin = await database.connect('admin');
  await admin.query('CREATE TABLE sent_and_gone (id INT PRIMARY KEY, filler LONGTEXT)');
  const access = await database.access('admin');
  const { door } = await openDoor(t, { login: () => loginOf(access) });
  for (let id = 1; id <= 10; id++) {
    const connection = await connectTo(t, door);
    const { stream } = (connection as unknown as { connection: { stream: Duplex } }).connection;
    connection
      .query('INSERT INTO sent_and_gone VALUES (?, ?)', [id, 'x'.repeat(2 * MEGABYTE)])
      .catch(() => undefined);
    stream.end();
  }
  const done = await until(
    async () => {
      const { rows } = await admin.query('SELECT count(*) FROM sent_and_gone');
      return rows[0]?.[0] === '10' && door.connections() === 0 ? true : undefined;
    },
    { timeoutMs: 20_000, everyMs: 20 },
  );
  await admin.query('DROP TABLE sent_and_gone');
  assert.equal(done, true);
});

test('clients that send nonsense leave nothing behind', async (t) => {
  const random = seededRandom(2_026);
  const { door } = await openDoor(t, { limits: { clientTimeoutMs: 200 }, localPassword: 'no guess' });
  const replies = Array.from({ length: 100 }, () => {
    const bytes = random.bytes(random.below(2_000));
    // Half of them announce a small first packet, so that it is read as a handshake.
    return lastWords(door.port, random.below(2) === 0 ? bytes : encodePacket(1, bytes));
  });
  for (const reply of await Promise.all(replies)) assert.ok(errorNumber(reply) > 0, `seed ${random.seed}`);
  assert.ok(!door.events.some((event) => event.event === 'opened'), `seed ${random.seed}`);
  const connection = await connectTo(t, door, { password: 'no guess' });
  assert.equal((await firstRow(connection, 'SELECT 1 AS one')).one, 1);
  const left = await until(async () => (door.connections() === 1 ? true : undefined), {
    timeoutMs: 10_000,
    everyMs: 10,
  });
  assert.equal(left, true);
});

/** Gives a function that runs the `mariadb` client with some more words. */
async function mariadbClient(): Promise<(port: number, ...options: string[]) => Promise<string>> {
  const { environmentVariables } = await shop();
  const { cache } = localPaths(join(import.meta.dirname, '../..'));
  const client = await findMysqlClient({ environmentVariables, cache });
  assert.ok(client !== undefined, 'the client comes with the server’s packages');
  const env = binariesEnvironment(client, environmentVariables);
  return async (port, ...options) => {
    const words = ['--no-defaults', '-h127.0.0.1', `-P${port}`, '-uanybody', '--batch', '-N', ...options];
    return (await run(client.path, words, { env, maxBuffer: 64 * MEGABYTE })).stdout;
  };
}

test('the mariadb client shows what went wrong, in the words of the door', async (t) => {
  const mariadb = await mariadbClient();
  const { database } = await shop();
  const login = loginOf(await database.access('shop_api'));
  const wrongName = { ...login, tls: { serverName: 'db.example', ca: login.tls?.ca ?? '' } };
  const cases: readonly (readonly [Partial<DoorPortInput>, RegExp])[] = [
    [{ dial: dialer({ host: '127.0.0.1', port: 1 }) }, /1429 - dp: Cannot reach the database.*ECONNREFUSED/],
    [
      { login: () => Promise.reject(new Error('The SSO session has expired')) },
      /ERROR 1045 \(28000\): dp: Cannot get credentials for .*: The SSO session has expired/,
    ],
    [{ login: () => wrongName }, /ERROR 3159 \(HY000\): dp: .* not for db\.example/],
    [
      { localPassword: 'shown once' },
      /ERROR 1045 \(28000\): dp: Access denied: this port asks for the password/,
    ],
  ];
  for (const [input, words] of cases) {
    const { door } = await openDoor(t, input);
    await assert.rejects(mariadb(door.port, '-e', 'SELECT 1'), words);
  }
});

test('the mariadb client works: statements, unicode, a large result, no schema, a password', async (t) => {
  const client = await mariadbClient();
  const { door } = await openDoor(t);
  const mariadb = (...options: string[]): Promise<string> => client(door.port, ...options);
  assert.equal(
    await mariadb('stg_core', '-e', 'SELECT current_user(), database(); SELECT 2'),
    'shop_api@%\tstg_core\n2\n',
  );
  assert.equal(
    await mariadb('-pignored', '--default-character-set=utf8mb4', '-e', "SELECT '雪😀'"),
    '雪😀\n',
  );
  const lines = await mariadb(
    'stg_core',
    '-e',
    'SELECT seq, repeat(char(97 + seq % 26), 20) FROM seq_1_to_1000000',
    '--quick',
  );
  assert.equal(lines.split('\n').length, 1_000_001);
  const prepared = "PREPARE s FROM 'SELECT ? + 1'; SET @a = 41; EXECUTE s USING @a";
  assert.equal(await mariadb('-e', prepared), '42\n');
});
