import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findMysqlBinaries, findMysqlClient } from '../../src/local/mysql-binaries.ts';
import { Failure } from '../../src/std/failure.ts';
import { serverEnvironmentVariables } from '../support/shop-server.ts';

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dp-binaries-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A program that answers --version as another server would, with the share folder beside it. */
async function serverSaying(folder: string, words: string, name = 'mariadbd'): Promise<string> {
  await mkdir(join(folder, 'sbin'), { recursive: true });
  await mkdir(join(folder, 'share', 'mysql'), { recursive: true });
  await writeFile(join(folder, 'share', 'mysql', 'mysql_system_tables.sql'), '');
  const path = join(folder, 'sbin', name);
  await writeFile(path, `#!/bin/sh\necho "${words}"\n`);
  await chmod(path, 0o755);
  return path;
}

test('DP_MYSQLD in an unpacked tree is used with the share folder and libraries of that tree', async (t) => {
  const { DP_MYSQLD } = await serverEnvironmentVariables();
  const environmentVariables = { ...process.env, DP_MYSQLD };
  const found = await findMysqlBinaries({ environmentVariables, cache: await temporaryFolder(t) });
  assert.match(found.version, /^\d+\.\d+\.\d+-MariaDB/);
  assert.match(await readFile(join(found.shareFolder, 'mysql_system_tables.sql'), 'utf8'), /CREATE TABLE/i);
  assert.ok(found.shareFolder.startsWith(found.baseFolder));
});

test('DP_MYSQLD may be a link to the binary', async (t) => {
  const folder = await temporaryFolder(t);
  const real = await serverSaying(join(folder, 'real'), 'mariadbd  Ver 10.11.4-MariaDB for Linux');
  await symlink(real, join(folder, 'link'));
  const environmentVariables = { PATH: process.env.PATH, DP_MYSQLD: join(folder, 'link') };
  const found = await findMysqlBinaries({ environmentVariables, cache: folder });
  assert.equal(found.mysqld, real);
  assert.equal(found.version, '10.11.4-MariaDB');
});

test('a DP_MYSQLD that cannot be used is refused by its name, and nothing else is tried', async (t) => {
  const folder = await temporaryFolder(t);
  const cases = [
    { path: join(folder, 'nowhere'), reason: /no executable file/ },
    {
      path: await serverSaying(join(folder, 'mysql'), 'mysqld  Ver 8.0.39 for Linux on x86_64', 'mysqld'),
      reason: /MySQL 8\.0\.39, not MariaDB/,
    },
    { path: await serverSaying(join(folder, 'old'), 'mysqld  Ver 10.3.1-MariaDB'), reason: /10\.6 or newer/ },
    { path: await serverSaying(join(folder, 'mute'), ''), reason: /does not say its version/ },
  ];
  for (const { path, reason } of cases) {
    const environmentVariables = { PATH: process.env.PATH, DP_MYSQLD: path };
    await assert.rejects(findMysqlBinaries({ environmentVariables, cache: folder }), (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, 'database-server-not-usable');
      assert.ok(error.message.includes(path));
      assert.match(error.message, reason);
      return true;
    });
  }
});

test('a server on PATH is found; one that cannot be used is passed over', async (t) => {
  const folder = await temporaryFolder(t);
  const mysql = await serverSaying(join(folder, 'a'), 'mysqld  Ver 8.4.0 for Linux', 'mysqld');
  const mariadb = await serverSaying(join(folder, 'b'), 'mariadbd  Ver 11.4.5-MariaDB for Linux');
  const path = [dirname(mysql), dirname(mariadb), '/usr/bin', '/bin'].join(':');
  const environmentVariables = { PATH: path };
  const found = await findMysqlBinaries({ environmentVariables, cache: folder, usualFolders: [] });
  assert.equal(found.mysqld, mariadb);
});

test('a usual folder is looked into when PATH holds no server', async (t) => {
  const folder = await temporaryFolder(t);
  const mariadb = await serverSaying(folder, 'mariadbd  Ver 11.4.5-MariaDB for Linux');
  const environmentVariables = { PATH: '/bin' };
  const found = await findMysqlBinaries({
    environmentVariables,
    cache: folder,
    usualFolders: [dirname(mariadb)],
  });
  assert.equal(found.mysqld, mariadb);
});

test('without any server the failure says how to install one on this kind of machine', async (t) => {
  const folder = await temporaryFolder(t);
  const mysql = await serverSaying(folder, 'mysqld  Ver 9.1.0 for macos', 'mysqld');
  const cases = [
    { platform: 'darwin', step: 'Install MariaDB: brew install mariadb' },
    { platform: 'win32', step: /WSL/ },
    { platform: 'linux', step: /dnf install mariadb-server/ },
  ] as const;
  for (const { platform, step } of cases) {
    // No apt on this PATH, so Linux means one that is not Debian's kin.
    const input = {
      environmentVariables: { PATH: dirname(mysql) },
      cache: folder,
      usualFolders: [],
      platform,
    };
    await assert.rejects(findMysqlBinaries(input), (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, 'database-server-not-found');
      assert.match(error.message, /MySQL 9\.1\.0, not MariaDB/);
      if (typeof step === 'string') assert.equal(error.nextSteps[0], step);
      else assert.match(error.nextSteps[0] ?? '', step);
      return true;
    });
  }
});

test('where the package cannot be fetched the failure carries the reason, and nothing half-made stays', async (t) => {
  const folder = await temporaryFolder(t);
  const programs = join(folder, 'programs');
  await mkdir(programs);
  const refusing =
    '#!/bin/sh\ncase "$*" in *--version*) exit 0;; esac\necho "E: Unable to locate package" >&2\nexit 100\n';
  for (const name of ['apt-get', 'dpkg-deb']) {
    await writeFile(join(programs, name), refusing, { mode: 0o755 });
  }
  const cache = join(folder, 'cache');
  const input = { environmentVariables: { PATH: `${programs}:/bin` }, cache, usualFolders: [] };
  await assert.rejects(findMysqlBinaries({ ...input, platform: 'linux' }), {
    code: 'database-server-not-downloaded',
    kind: 'unreachable',
    message: /E: Unable to locate package/,
  });
  assert.deepEqual(await readdir(cache), []);
});

test('the client is found on PATH, and missing is not a failure', async (t) => {
  const folder = await temporaryFolder(t);
  const input = { cache: folder, usualFolders: [] };
  assert.equal(await findMysqlClient({ ...input, environmentVariables: { PATH: folder } }), undefined);
  await writeFile(join(folder, 'mysql'), '#!/bin/sh\n', { mode: 0o755 });
  const found = await findMysqlClient({ ...input, environmentVariables: { PATH: folder } });
  assert.equal(found?.path, join(folder, 'mysql'));
});
