import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { openLocalDatabase, SHOP_DATABASE } from '../../src/local/database.ts';
import { ensureCertificates } from '../../src/local/mysql-certificates.ts';
import { ensureServer, findRunningServer, startServer, stopServer } from '../../src/local/mysql-server.ts';
import { localPaths } from '../../src/local/paths.ts';
import { processIdentity } from '../../src/local/processes.ts';
import { openSqlSession } from '../../src/local/sql-session.ts';
import { until } from '../../src/std/deadline.ts';
import { serverEnvironmentVariables, startShopServer } from '../support/shop-server.ts';

const run = promisify(execFile);
const STARTER = join(import.meta.dirname, '../support/start-local-server.ts');
const DAY_MS = 86_400_000;

async function newProject(t: TestContext, folder = '.') {
  const root = await mkdtemp(join(tmpdir(), 'dp-server-'));
  const projectRoot = join(root, folder);
  await mkdir(projectRoot, { recursive: true });
  const paths = localPaths(projectRoot);
  t.after(async () => {
    await stopServer(paths);
    await rm(root, { recursive: true, force: true });
  });
  const environmentVariables = await serverEnvironmentVariables();
  const input = { paths, environmentVariables, databaseName: SHOP_DATABASE, bufferPoolMegabytes: 64 };
  return { projectRoot, ...input, database: openLocalDatabase(input) };
}

const NO_SMALL_DISK = 'only root may mount a small disk';

/** A disk of a few megabytes at `folder`; undefined for those who may not mount one. */
async function smallDisk(folder: string, megabytes: number): Promise<AsyncDisposable | undefined> {
  await mkdir(folder);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  } catch {
    return undefined;
  }
  return {
    [Symbol.asyncDispose]: async () => {
      await run('umount', [folder]);
    },
  };
}

/** Ends a server the hard way and waits until it is gone. */
async function killHard(pid: number): Promise<void> {
  const identity = await processIdentity(pid);
  process.kill(pid, 'SIGKILL');
  const gone = await until(async () => (await processIdentity(pid)) !== identity || undefined, {
    timeoutMs: 10_000,
    everyMs: 5,
  });
  assert.ok(gone, `server ${pid} is still there`);
}

test('a server that was killed is started again by whoever needs it, on the same port, with its rows', async (t) => {
  const { database, paths } = await startShopServer(t);
  const before = await findRunningServer(paths);
  assert.ok(before);
  {
    await using admin = await database.connect('admin');
    await admin.query('CREATE TABLE kept (id INT PRIMARY KEY)');
    await admin.query('INSERT INTO kept VALUES (1), (2)');
  }
  await killHard(before.pid);
  assert.equal((await database.describe()).state, 'stopped');
  assert.equal(await findRunningServer(paths), undefined, 'describe starts nothing');

  await using admin = await database.connect('admin');
  assert.deepEqual((await admin.query('SELECT COUNT(*) FROM kept')).rows, [['2']]);
  const after = await findRunningServer(paths);
  assert.equal(after?.port, before.port);
  assert.notEqual(after?.pid, before.pid);
});

test('a session whose server dies is a failure that says it was lost', async (t) => {
  const { database, paths } = await startShopServer(t);
  await using session = await database.connect('etl_reader');
  const running = await findRunningServer(paths);
  await killHard(running?.pid ?? 0);
  const lost = { code: 'database-unreachable', kind: 'unreachable' };
  await assert.rejects(session.query('SELECT 1'), lost);
  await assert.rejects(session.query('SELECT 1'), lost);
});

test('a server that hangs is unreachable, and is stopped by force', async (t) => {
  const { database, paths } = await startShopServer(t);
  const running = await findRunningServer(paths);
  assert.ok(running);
  process.kill(running.pid, 'SIGSTOP');
  assert.equal((await database.describe()).state, 'unreachable');
  assert.equal(await stopServer(paths, { politelyMs: 50 }), true);
  assert.equal((await database.describe()).state, 'stopped');
  await using session = await database.connect('etl_reader');
  assert.deepEqual((await session.query('SELECT 1')).rows, [['1']]);
});

test('a server with all its connections taken still counts as running', async (t) => {
  const { database, paths } = await startShopServer(t);
  await using admin = await database.connect('admin');
  await admin.query('SET GLOBAL max_connections = 10');
  const sessions = await Promise.allSettled(Array.from({ length: 12 }, () => database.connect('etl_reader')));
  t.after(async () => {
    for (const session of sessions) {
      if (session.status === 'fulfilled') await session.value[Symbol.asyncDispose]();
    }
  });
  const refused = sessions.find(({ status }) => status === 'rejected');
  assert.equal((refused as PromiseRejectedResult).reason.code, 'database-busy');
  assert.equal((await database.describe()).state, 'running');
  assert.ok(await findRunningServer(paths));
});

test('asking whether it runs leaves no line in the log', async (t) => {
  const { database, paths } = await startShopServer(t);
  const before = await readFile(paths.server.log, 'utf8');
  for (let asked = 0; asked < 5; asked += 1) await database.describe();
  assert.equal(await readFile(paths.server.log, 'utf8'), before);
});

test('a port that somebody else took meanwhile is given up for another', async (t) => {
  const { database, paths } = await startShopServer(t);
  const before = await findRunningServer(paths);
  await stopServer(paths);
  const squatter = createServer().listen({ host: '127.0.0.1', port: before?.port });
  await once(squatter, 'listening');
  t.after(() => squatter.close());
  await using admin = await database.connect('admin');
  assert.deepEqual((await admin.query('SELECT 1')).rows, [['1']]);
  assert.notEqual((await findRunningServer(paths))?.port, before?.port);
});

test('the pid file of a dead server whose number another process got is not believed, nor is that process touched', async (t) => {
  const { database, paths } = await startShopServer(t);
  await stopServer(paths);
  const stranger = spawn('sleep', ['600'], { stdio: 'ignore' });
  await once(stranger, 'spawn');
  t.after(() => stranger.kill('SIGKILL'));
  await writeFile(join(paths.server.data, 'mysqld.pid'), `${stranger.pid}\n`);
  assert.equal((await database.describe()).state, 'stopped');
  assert.equal(await stopServer(paths), false);
  assert.ok(await processIdentity(stranger.pid ?? 0), 'the stranger lives');
  await using session = await database.connect('etl_reader');
  assert.deepEqual((await session.query('SELECT 1')).rows, [['1']]);
});

test("another project's server is not taken for ours, whatever the pid file says", async (t) => {
  const [one, other] = await Promise.all([startShopServer(t), startShopServer(t)]);
  const theirs = await findRunningServer(other.paths);
  assert.ok(theirs);
  assert.notEqual((await findRunningServer(one.paths))?.port, theirs.port);
  await stopServer(one.paths);
  await writeFile(join(one.paths.server.data, 'mysqld.pid'), `${theirs.pid}\n`);
  assert.equal(await findRunningServer(one.paths), undefined);
  assert.equal(await stopServer(one.paths), false);
  assert.equal((await other.database.describe()).state, 'running');
});

test('of several processes that start it at once, one makes it and all use it', async (t) => {
  const project = await newProject(t);
  const env = project.environmentVariables;
  const starts = Array.from({ length: 4 }, () =>
    run(process.execPath, [STARTER, project.projectRoot], { env }),
  );
  const got = (await Promise.all(starts)).map(({ stdout }) => JSON.parse(stdout));
  assert.equal(new Set(got.map(({ pid }) => pid)).size, 1);
  assert.equal(got.filter(({ did }) => did === 'created').length, 1);
});

test('the server outlives the process that started it', async (t) => {
  const project = await newProject(t);
  const { stdout } = await run(process.execPath, [STARTER, project.projectRoot], {
    env: project.environmentVariables,
  });
  const running = await findRunningServer(project.paths);
  assert.equal(running?.pid, JSON.parse(stdout).pid);
});

test('a project that is moved while its server runs finds it again', async (t) => {
  const project = await newProject(t, 'before');
  const { server } = await ensureServer(project);
  const moved = join(project.projectRoot, '../after');
  await rename(project.projectRoot, moved);
  const paths = localPaths(moved);
  t.after(() => stopServer(paths));
  assert.equal((await findRunningServer(paths))?.pid, server.pid);
  assert.equal(await stopServer(paths), true);
  const again = await startServer({ ...project, paths });
  assert.equal(again.port, server.port);
  await stopServer(paths);
});

test('a server whose folder was deleted under it does not stay when the environment is made anew', async (t) => {
  if (process.platform !== 'linux') return t.skip('such servers are found on Linux only');
  const project = await newProject(t);
  const neighbour = await startShopServer(t);
  const { server } = await ensureServer(project);
  const identity = await processIdentity(server.pid);
  await rm(project.paths.root, { recursive: true });
  const { did } = await ensureServer(project);
  assert.equal(did, 'created');
  const gone = await until(async () => (await processIdentity(server.pid)) !== identity || undefined, {
    timeoutMs: 10_000,
    everyMs: 5,
  });
  assert.ok(gone);
  assert.equal((await neighbour.database.describe()).state, 'running');
});

test('it works in a folder whose path is far longer than a socket may have', async (t) => {
  const project = await newProject(t, `${'folder with spaces and 日本語: '.repeat(4)}/${'deep/'.repeat(12)}`);
  assert.ok(Buffer.byteLength(project.paths.server.data) > 200);
  const { server } = await ensureServer(project);
  await using admin = await project.database.connect('admin');
  assert.deepEqual((await admin.query('SELECT @@port')).rows, [[String(server.port)]]);
});

test('a path too long for the server itself is refused in words', async (t) => {
  const project = await newProject(t, 'x'.repeat(200));
  const deeper = { ...project, paths: localPaths(join(project.projectRoot, 'y'.repeat(200))) };
  await assert.rejects(ensureServer(deeper), { code: 'folder-too-deep' });
});

test('TCP without TLS is refused, TLS is checked, and the socket asks for the password', async (t) => {
  const { database } = await startShopServer(t);
  const access = await database.access('etl_reader');
  const { host, port, user, password, socketPath, tls } = access;
  await assert.rejects(createConnection({ host, port, user, password }));

  const { socketPath: _, ...overTcp } = access;
  await using session = await openSqlSession(overTcp);
  const { rows } = await session.query("SHOW STATUS LIKE 'Ssl_version'");
  assert.match(rows[0]?.[1] ?? '', /^TLSv1\.[23]$/);

  assert.ok(tls && socketPath);
  const other = join(await mkdtemp(join(tmpdir(), 'dp-ca-')), 'c');
  t.after(() => rm(join(other, '..'), { recursive: true, force: true }));
  const { authority } = await ensureCertificates(other, Date.now());
  const wrong = { ...overTcp, tls: { ...tls, ca: await readFile(authority, 'utf8') } };
  await assert.rejects(openSqlSession(wrong), { code: 'database-unreachable' });

  const badPassword = openSqlSession({ ...access, password: 'wrong' });
  await assert.rejects(badPassword, (error: Error & { code: string }) => {
    assert.equal(error.code, 'database-login-refused');
    assert.ok(!error.message.includes(password));
    return true;
  });
  await assert.rejects(createConnection({ socketPath, user: 'root' }), 'there is no root login');
});

test('the session is as MySQL 8 has it: strict, UTC, utf8mb4', async (t) => {
  const { database } = await startShopServer(t);
  await using session = await database.connect('shop_api');
  const { rows } = await session.query(
    'SELECT @@sql_mode, @@time_zone, @@character_set_server, @@character_set_client, @@performance_schema',
  );
  assert.deepEqual(rows, [
    [
      'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
      '+00:00',
      'utf8mb4',
      'utf8mb4',
      '0',
    ],
  ]);
});

test('everything of the server can be entered and read by its owner only, and no password is in a command line', async (t) => {
  const { paths, database } = await startShopServer(t);
  for (const path of [paths.server.data, paths.server.certificates, paths.secrets]) {
    assert.equal((await stat(path)).mode & 0o077, 0, path);
  }
  for (const name of await readdir(paths.secrets)) {
    assert.equal((await stat(join(paths.secrets, name))).mode & 0o777, 0o600, name);
  }
  const { password } = await database.access('admin');
  const { stdout } = await run('ps', ['-eww', '-o', 'args='], { maxBuffer: 64 * 1024 * 1024 }).catch(() => ({
    stdout: '',
  }));
  assert.ok(!stdout.includes(password));
  assert.ok(!(await readFile(paths.server.log, 'utf8')).includes(password));
});

test('a bootstrap that was cut off leaves nothing the next start trips over', async (t) => {
  const project = await newProject(t);
  const half = `${project.paths.server.data}.new-cutoff`;
  await mkdir(join(half, 'mysql'), { recursive: true });
  await writeFile(join(half, 'ibdata1'), 'half');
  const { did } = await ensureServer(project);
  assert.equal(did, 'created');
  const names = await readdir(project.paths.server.root);
  assert.deepEqual(
    names.filter((name) => name.startsWith('data')),
    ['data'],
  );
});

test('a server that was never made is a failure that says what to do', async (t) => {
  const project = await newProject(t);
  assert.equal((await project.database.describe()).state, 'absent');
  await assert.rejects(startServer(project), { code: 'environment-not-deployed', nextSteps: ['dp deploy'] });
  await assert.rejects(project.database.connect('admin'), { kind: 'not-ready' });
});

test('a server that cannot start says why in its own words', async (t) => {
  const { paths, database } = await startShopServer(t);
  await stopServer(paths);
  await writeFile(join(paths.server.data, 'ibdata1'), 'damaged');
  await assert.rejects(database.connect('admin'), (error: Error & { code: string }) => {
    assert.equal(error.code, 'database-not-started');
    assert.match(error.message, /InnoDB/);
    return true;
  });
});

test('a disk too full to start on is told as such', async (t) => {
  const project = await newProject(t);
  await using disk = await smallDisk(join(project.projectRoot, '.dp'), 20);
  if (disk === undefined) return t.skip(NO_SMALL_DISK);
  await assert.rejects(ensureServer(project), { code: 'disk-full' });
});

test('a disk that fills up under the server loses nothing committed, and space makes it work again', async (t) => {
  const project = await newProject(t);
  await using disk = await smallDisk(join(project.projectRoot, '.dp'), 250);
  if (disk === undefined) return t.skip(NO_SMALL_DISK);
  await ensureServer(project);
  const ballast = join(project.projectRoot, '.dp', 'ballast');
  try {
    {
      await using admin = await project.database.connect('admin');
      await admin.query('CREATE TABLE big (id INT PRIMARY KEY, filler LONGTEXT)');
      await admin.query("INSERT INTO big VALUES (1, 'kept')");
      await run('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=1M']).catch(() => undefined);
      // InnoDB refuses the statement or, when its own log cannot be written, ends; both are failures in words.
      await assert.rejects(
        admin.query("INSERT INTO big VALUES (2, REPEAT('x', 30000000))"),
        ({ code }: { code: string }) => code === 'disk-full' || code === 'database-unreachable',
      );
    }
    await stopServer(project.paths);
    await assert.rejects(project.database.connect('admin'), { code: 'disk-full' });
    await rm(ballast);
    await using admin = await project.database.connect('admin');
    await admin.query("INSERT INTO big VALUES (2, REPEAT('x', 300000))");
    const { rows } = await admin.query('SELECT id, LENGTH(filler) FROM big ORDER BY id');
    assert.deepEqual(rows, [
      ['1', '4'],
      ['2', '300000'],
    ]);
  } finally {
    await stopServer(project.paths);
  }
});

test('certificates are kept while they are good and made anew before they end', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'dp-certificates-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const paths = await ensureCertificates(join(folder, 'c'), Date.now());
  const first = await readFile(paths.certificate, 'utf8');
  const certificate = new X509Certificate(first);
  const authority = new X509Certificate(await readFile(paths.authority));
  assert.ok(certificate.verify(authority.publicKey));
  assert.ok(certificate.checkIP('127.0.0.1') && certificate.checkHost('localhost'));
  assert.ok(!certificate.ca && authority.ca);
  assert.equal((await stat(paths.key)).mode & 0o777, 0o600);
  await ensureCertificates(join(folder, 'c'), Date.now() + 1000 * DAY_MS);
  assert.equal(await readFile(paths.certificate, 'utf8'), first);
  await ensureCertificates(join(folder, 'c'), Date.now() + 3640 * DAY_MS);
  assert.notEqual(await readFile(paths.certificate, 'utf8'), first);
});
