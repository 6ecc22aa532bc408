import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { hiveTypeOfMysql } from '../../src/lake/compare-source.ts';
import { openLocalCatalog } from '../../src/local/catalog.ts';
import { lakePath, openLocalLake } from '../../src/local/lake.ts';
import { ownerIsGone, thisOwner } from '../../src/local/run-owner.ts';
import { catalogContract } from '../contract/catalog.ts';
import { lakeContract } from '../contract/lake.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

lakeContract('local', async (t) =>
  openLocalLake({ folder: `${await temporaryFolder(t)}/with a blank/lake` }),
);
catalogContract('local', async (t) => openLocalCatalog({ folder: await temporaryFolder(t) }));

test('a key cannot leave the lake', () => {
  for (const key of ['../x', 'a/../../x', '/etc/passwd', 'a//b', '', './a', 'a/..', 'a\\..\\b', 'a\0b']) {
    assert.throws(() => lakePath('/lake', key), /not a lake key/, JSON.stringify(key));
  }
  assert.equal(lakePath('/lake', 'a/dt=2026-11-22/b.json'), '/lake/a/dt=2026-11-22/b.json');
});

test('deleting the last object of a folder takes the folder along, and never the lake', async (t) => {
  const folder = join(await temporaryFolder(t), 'lake');
  const lake = openLocalLake({ folder });
  await lake.write('a/b/c', new Uint8Array(1));
  await lake.delete(['a/b/c']);
  await lake.write('d', new Uint8Array(1));
  assert.deepEqual(
    (await lake.list('')).map(({ key }) => key),
    ['d'],
  );
});

test('a catalog file that is torn is reported by its path, not as a bug', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'shop', 'orders'), { recursive: true });
  await writeFile(join(folder, 'shop', 'orders', 'table.json'), '{"database":');
  const catalog = openLocalCatalog({ folder });
  await assert.rejects(catalog.findTable({ database: 'shop', table: 'orders' }), {
    code: 'catalog-unreadable',
    message: /orders\/table\.json/,
  });
});

test('this process lives, a killed one is gone, and one elsewhere cannot be told', async () => {
  assert.equal(ownerIsGone(thisOwner()), false);
  assert.equal(ownerIsGone({ ...thisOwner(), host: 'elsewhere.example' }), undefined);
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(child, 'spawn');
  const owner = { ...thisOwner(), pid: child.pid ?? 0, processStart: '' };
  assert.equal(ownerIsGone(owner), false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(ownerIsGone(owner), true);
});

test('a process that has another’s old number is not that process', {
  skip: process.platform !== 'linux',
}, () => {
  assert.equal(ownerIsGone({ ...thisOwner(), processStart: 'another boot:1' }), true);
});

test('the server’s types have one hive word each, and what dp does not load keeps its own', () => {
  const kinds: Readonly<Record<string, string>> = {
    'bigint(20)': 'bigint',
    bigint: 'bigint',
    'bigint(20) unsigned': 'decimal(20,0)',
    'int(11)': 'int',
    'int unsigned': 'bigint',
    'tinyint(1)': 'tinyint',
    'smallint(5) unsigned': 'int',
    'decimal(14,2)': 'decimal(14,2)',
    'varchar(100)': 'string',
    longtext: 'string',
    "enum('a','b')": 'string',
    'datetime(6)': 'timestamp',
    date: 'date',
    double: 'double',
    blob: 'blob',
  };
  for (const [server, hive] of Object.entries(kinds)) assert.equal(hiveTypeOfMysql(server), hive, server);
});
