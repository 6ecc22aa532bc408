import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { assert } from '../std/assert.ts';
import { diskFull, serverDidNotStart } from './errors.ts';
import { binariesEnvironment, type MysqlBinaries } from './mysql-binaries.ts';
import { serverEnvironment, sharedServerFlags } from './mysql-flags.ts';
import { errorWordsOf, saysDiskFull } from './mysql-log.ts';
import type { ServerPaths } from './paths.ts';

/** The help tables, sys schema and time zones are left out: nothing here uses them, and they take 2 s. */
const SYSTEM_SQL = ['system_tables', 'performance_tables', 'system_tables_data'];
/** Durability does not matter before the folder is renamed into its place. */
const HASTE = [
  '--innodb-flush-method=nosync',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=0',
  '--sync-frm=0',
  '--innodb-buffer-pool-size=32M',
];
const OUTPUT_CHARACTERS_MAX = 64 * 1024;

export interface BootstrapInput {
  readonly server: ServerPaths;
  readonly binaries: MysqlBinaries;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  readonly databaseName: string;
  /** The only login the new server has. */
  readonly admin: { readonly username: string; readonly password: string };
}

/** Makes the data folder, whole or not at all: a half-made one keeps another name and is removed next time. */
export async function createDataFolder(input: BootstrapInput): Promise<void> {
  const { data } = input.server;
  await removeDrafts(data);
  const draft = `${data}.new-${randomUUID().slice(0, 8)}`;
  await mkdir(join(draft, 'mysql'), { recursive: true, mode: 0o700 });
  await mkdir(input.server.temporary, { recursive: true, mode: 0o700 });
  try {
    const sql = await bootstrapSql(input);
    await runBootstrap({ ...input, dataFolder: draft, sql });
    await rename(draft, data);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

async function removeDrafts(data: string): Promise<void> {
  for (const name of await readdir(dirname(data)).catch(() => [])) {
    if (!name.startsWith(`${basename(data)}.new-`)) continue;
    await rm(join(dirname(data), name), { recursive: true, force: true });
  }
}

/** In bootstrap mode the server reads one statement per line. Passwords go in by stdin, never by argv. */
async function bootstrapSql(input: BootstrapInput): Promise<string> {
  const { username, password } = input.admin;
  assert(/^[\w-]+$/.test(password) && /^\w+$/.test(username), 'the first login needs no quoting');
  assert(/^\w+$/.test(input.databaseName), 'the database name needs no quoting');
  const files = await readdir(input.binaries.shareFolder);
  const prefix = files.includes('mariadb_system_tables.sql') ? 'mariadb' : 'mysql';
  const parts = await Promise.all(
    SYSTEM_SQL.map((name) => readFile(join(input.binaries.shareFolder, `${prefix}_${name}.sql`), 'utf8')),
  );
  return [
    'SET @auth_root_socket=NULL;',
    'USE mysql;',
    ...parts,
    // The accounts made so far have no password; mariadb.sys cannot log in and owns system views.
    "DELETE FROM mysql.global_priv WHERE User <> 'mariadb.sys';",
    'DELETE FROM mysql.proxies_priv;',
    'FLUSH PRIVILEGES;',
    `CREATE USER '${username}'@'%' IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON *.* TO '${username}'@'%' WITH GRANT OPTION;`,
    `CREATE DATABASE \`${input.databaseName}\`;`,
    '',
  ].join('\n');
}

async function runBootstrap(input: BootstrapInput & { dataFolder: string; sql: string }): Promise<void> {
  const { binaries, server } = input;
  const flags = sharedServerFlags({ binaries, dataFolder: input.dataFolder });
  const child = spawn(binaries.mysqld, [...flags, ...HASTE, '--bootstrap'], {
    cwd: input.dataFolder,
    env: binariesEnvironment(binaries, serverEnvironment(input.environmentVariables)),
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (bytes) => {
    said = (said + bytes).slice(-OUTPUT_CHARACTERS_MAX);
  });
  // The server may end before it has read everything; its exit code says so.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input.sql);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return;
  // The statement that failed may hold the password.
  const log = said.replaceAll(input.admin.password, '***');
  await appendFile(server.log, log, { mode: 0o600 });
  if (saysDiskFull(log)) throw diskFull({ folder: server.root });
  throw serverDidNotStart({
    words: `its data folder could not be made: ${errorWordsOf(log)}`,
    log: server.log,
  });
}
