// A real MySQL 8.0, Oracle's own build, as Aurora's engine is: what the local MariaDB takes may not be what MySQL takes.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SHOP_DATABASE } from '../../src/local/database.ts';
import { ensureCertificates, SERVER_NAME } from '../../src/local/mysql-certificates.ts';
import { readGreeting } from '../../src/local/mysql-greeting.ts';
import { openSqlSession } from '../../src/local/sql-session.ts';
import type { Database, DatabaseAccess, DatabaseUser } from '../../src/platform/database.ts';
import { until } from '../../src/std/deadline.ts';
import { freePort } from './free-port.ts';

const READY = { timeoutMs: 60_000, everyMs: 50 };
const GREETING_MS = 1_000;

export interface Mysql8Server {
  /** The logins of the shop exist; the database `stg_core` is empty. */
  readonly database: Database;
  stop(): Promise<void>;
}

/** Starts the server that `npm test` has fetched, with MySQL's own defaults where Aurora has them too. */
export async function openMysql8Server(): Promise<Mysql8Server> {
  const mysqld = process.env.DP_MYSQL_8;
  if (mysqld === undefined)
    throw new Error('DP_MYSQL_8 is not set: run this suite with `npm test -- mysql-8`');
  const folder = await mkdtemp(join(tmpdir(), 'dp-mysql8-'));
  const password = randomBytes(12).toString('hex');
  const port = await freePort();
  const certificates = await ensureCertificates(join(folder, 'certificates'), Date.now());
  await writeFile(join(folder, 'users.sql'), USERS.replaceAll('PASSWORD', password), { mode: 0o600 });
  const data = join(folder, 'data');
  const flags = [
    ...['--no-defaults', '--user=root', `--basedir=${dirname(dirname(mysqld))}`, `--datadir=${data}`],
  ];
  const made = spawnSync(mysqld, [...flags, '--initialize-insecure'], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`MySQL 8 made no data folder: ${made.stderr}`);
  const log = openSync(join(folder, 'log'), 'w');
  const child = spawn(
    mysqld,
    [
      ...flags,
      ...[`--port=${port}`, '--bind-address=127.0.0.1', `--socket=${join(folder, 's')}`, '--mysqlx=OFF'],
      ...[`--ssl-ca=${certificates.authority}`, `--ssl-cert=${certificates.certificate}`],
      ...[`--ssl-key=${certificates.key}`, '--require-secure-transport=ON', '--default-time-zone=+00:00'],
      ...['--local-infile=ON', '--skip-log-bin', '--performance-schema=OFF', '--innodb-buffer-pool-size=64M'],
      ...[`--init-file=${join(folder, 'users.sql')}`, `--lc-messages-dir=${join(mysqld, '../../share')}`],
    ],
    { stdio: ['ignore', log, log] },
  );
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  const greets = async () =>
    child.exitCode === null ? readGreeting({ host: '127.0.0.1', port }, GREETING_MS) : '';
  const version = await until(greets, READY);
  if (!version?.startsWith('8.')) {
    const said = await readFile(join(folder, 'log'), 'utf8');
    await stop();
    throw new Error(`MySQL 8 did not start: ${said.slice(-1_000)}`);
  }
  const access = async (user: DatabaseUser): Promise<DatabaseAccess> => ({
    ...{ host: '127.0.0.1', port, user, password, database: SHOP_DATABASE },
    tls: {
      ca: await readFile(certificates.authority, 'utf8'),
      caPath: certificates.authority,
      serverName: SERVER_NAME,
    },
  });
  const database: Database = {
    describe: async () => ({ state: 'running', port, version, database: SHOP_DATABASE }),
    access,
    connect: async (user) => openSqlSession(await access(user)),
    runClient: async () => undefined,
    name: SHOP_DATABASE,
    historyPath: join(folder, 'history'),
  };
  return { database, stop };
}

/** An init file holds one statement a line. */
const USERS = `CREATE DATABASE ${SHOP_DATABASE};
CREATE USER admin@'%' IDENTIFIED BY 'PASSWORD';
GRANT ALL ON *.* TO admin@'%';
CREATE USER shop_api@'%' IDENTIFIED BY 'PASSWORD';
GRANT SELECT, INSERT, UPDATE, DELETE ON ${SHOP_DATABASE}.* TO shop_api@'%';
CREATE USER etl_reader@'%' IDENTIFIED BY 'PASSWORD';
GRANT SELECT ON ${SHOP_DATABASE}.* TO etl_reader@'%';
`;

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
