import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { SqlSession } from '../../src/platform/database.ts';
import { type Migration, migrate, pendingMigrations } from '../../src/shop/migrate.ts';
import { readMigrations } from '../../src/shop/read-migrations.ts';
import { Failure } from '../../src/std/failure.ts';
import { sharedShopServer } from '../support/shop-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { migrationsDirectory, openDatabase } from './shop-database.ts';

const server = sharedShopServer();

test('the shop’s migrations apply under strict mode, and a second run applies nothing', async () => {
  await using session = await openDatabase(await server(), 'fresh');
  const migrations = await readMigrations(migrationsDirectory);
  assert.deepEqual(
    await pendingMigrations(session, migrations),
    migrations.map(({ file }) => file),
  );
  const first = await migrate(session, migrations);
  assert.equal(first.applied.length, migrations.length);
  const again = await migrate(session, migrations);
  assert.deepEqual(again, { applied: [], total: migrations.length });
  assert.deepEqual(await pendingMigrations(session, migrations), []);
});

test('the shop’s migrations use nothing that MariaDB 10.11 or Aurora MySQL 8.0 lacks', async () => {
  // Constructs known to exist on one of the two only.
  const unportable = [
    /utf8mb4_0900/i,
    /\bIF NOT EXISTS\b(?=\s+\w+\s+(?:INT|BIGINT|VARCHAR))/i,
    /\bRETURNING\b/i,
    /\bSEQUENCE\b/i,
    /\bDELIMITER\b/i,
    /\buca1400/i,
    /\bJSON\b/i,
  ];
  for (const { file, sql } of await readMigrations(migrationsDirectory)) {
    for (const pattern of unportable) assert.doesNotMatch(sql, pattern, `${file} has ${pattern}`);
  }
});

test('a migration that changed after it was applied is refused and named', async () => {
  await using session = await openDatabase(await server(), 'changed');
  const original: Migration = { file: '0001_a.sql', sql: 'CREATE TABLE a (id INT)' };
  await migrate(session, [original]);
  await migrate(session, [{ ...original, sql: original.sql.replaceAll('\n', '\r\n') }]);
  const next: Migration = { file: '0002_b.sql', sql: 'CREATE TABLE b (id INT)' };
  await assert.rejects(
    migrate(session, [{ ...original, sql: 'CREATE TABLE a (id BIGINT)' }, next]),
    (error) => error instanceof Failure && error.code === 'migration-changed' && /0001_a/.test(error.message),
  );
  const { rows } = await session.query("SHOW TABLES LIKE 'b'");
  assert.equal(rows.length, 0, 'nothing else was applied');
});

test('a database that is ahead of this code is refused', async () => {
  await using session = await openDatabase(await server(), 'ahead');
  const first: Migration = { file: '0001_a.sql', sql: 'CREATE TABLE a (id INT)' };
  await migrate(session, [first, { file: '0002_b.sql', sql: 'CREATE TABLE b (id INT)' }]);
  await assert.rejects(migrate(session, [first]), { code: 'migration-unknown' });
});

test('a failing statement stops the run, says which, and the corrected file goes on behind what was done', async () => {
  await using session = await openDatabase(await server(), 'failing');
  const wrong: Migration = {
    file: '0001_a.sql',
    sql: "CREATE TABLE a (id INT); INSERT INTO a VALUES (1); ALTER TABLE nowhere ADD x INT; -- ';'\n",
  };
  await assert.rejects(migrate(session, [wrong]), /0001_a\.sql, statement 3/);
  const right = { ...wrong, sql: wrong.sql.replace('nowhere', 'a') };
  assert.deepEqual((await migrate(session, [right])).applied, ['0001_a.sql']);
  const { rows } = await session.query('SELECT COUNT(*) FROM a');
  assert.deepEqual(rows, [['1']], 'the insert was not repeated');
});

test('a statement carried out just before its progress could be noted is recognised', async () => {
  await using session = await openDatabase(await server(), 'cut');
  const two: Migration = {
    file: '0001_a.sql',
    sql: 'CREATE TABLE a (id INT); ALTER TABLE a ADD COLUMN b INT',
  };
  const cut = cutAfter(session, 'ALTER TABLE');
  await assert.rejects(migrate(cut, [two]));
  await migrate(session, [two]);
  const { rows } = await session.query('SHOW COLUMNS FROM a');
  assert.deepEqual(
    rows.map((row) => row[0]),
    ['id', 'b'],
  );
});

test('two migrations at once apply everything once', async () => {
  await using one = await openDatabase(await server(), 'together');
  await using two = await openDatabase(await server(), 'together');
  const migrations = await readMigrations(migrationsDirectory);
  const [first, second] = await Promise.all([migrate(one, migrations), migrate(two, migrations)]);
  assert.equal(first.applied.length + second.applied.length, migrations.length);
});

/** A session whose line is cut right after the first statement that starts with `prefix`. */
function cutAfter(session: SqlSession, prefix: string): SqlSession {
  let isCut = false;
  return {
    ...session,
    async query(sql, parameters) {
      if (isCut) throw new Error('the line is cut');
      const result = await session.query(sql, parameters);
      isCut = sql.startsWith(prefix);
      return result;
    },
  };
}

test('a folder without migrations, with a gap, or with a name that is none is refused', async (t) => {
  const folder = await temporaryFolder(t);
  await assert.rejects(readMigrations(join(folder, 'nowhere')), { code: 'migration-files-invalid' });
  await assert.rejects(readMigrations(folder), /there are none/);
  await writeFile(join(folder, '0002_second.sql'), 'SELECT 1;');
  await assert.rejects(readMigrations(folder), /0002_second\.sql should be number 1/);
  await writeFile(join(folder, '0001-first.sql'), 'SELECT 1;');
  await assert.rejects(readMigrations(folder), /0001-first\.sql has no such name/);
});
