import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import type { SqlRows, SqlSession } from '../../src/platform/database.ts';
import { until } from '../../src/std/deadline.ts';

/** A MySQL-compatible server of this test's own, in a temporary directory, gone with it. */
export interface PrivateServer extends AsyncDisposable {
  readonly socketPath: string;
  readonly port: number;
  /** As root, in UTC, in a database of that name, made when it is missing. */
  open(database: string): Promise<PrivateSession>;
  /** Stops the server the hard way. */
  kill(): Promise<void>;
  /** Starts it again on the same port and files. */
  start(): Promise<void>;
}

export interface PrivateSession extends SqlSession {
  readonly connection: Connection;
}

const STARTED_MS = 30_000;

export async function startPrivateServer(): Promise<PrivateServer> {
  const program = process.env.DP_MYSQLD ?? '/usr/sbin/mariadbd';
  const directory = await mkdtemp(join(tmpdir(), 'dps-'));
  const socketPath = join(directory, 's');
  const port = await freePort();
  const share = join(dirname(dirname(program)), 'share/mysql');
  const flags = ['--no-defaults', `--datadir=${join(directory, 'data')}`, `--lc-messages-dir=${share}`];
  if (process.getuid?.() === 0) flags.push('--user=root');
  await bootstrap(program, flags, { directory, share });
  let running: ReturnType<typeof spawn> | undefined;

  async function kill(): Promise<void> {
    if (running === undefined) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
    running = undefined;
  }
  async function start(): Promise<void> {
    const more = [`--socket=${socketPath}`, `--port=${port}`, '--bind-address=127.0.0.1'];
    const quick = ['--innodb-flush-log-at-trx-commit=0', '--skip-log-bin', '--max-connections=200'];
    running = spawn(program, [...flags, ...more, ...quick], { stdio: 'ignore' });
    const probe = async (): Promise<true | undefined> => {
      const connection = await createConnection({ socketPath, user: 'root' }).catch(() => undefined);
      await connection?.end();
      return connection === undefined ? undefined : true;
    };
    if ((await until(probe, { timeoutMs: STARTED_MS, everyMs: 20 })) === undefined) {
      throw new Error(`${program} did not start in ${directory}`);
    }
  }
  await start();
  return {
    socketPath,
    port,
    open: (database) => openSession(socketPath, database),
    kill,
    start,
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function bootstrap(
  program: string,
  flags: readonly string[],
  where: { directory: string; share: string },
): Promise<void> {
  const files = ['mysql_system_tables.sql', 'mysql_performance_tables.sql', 'mysql_system_tables_data.sql'];
  await mkdir(join(where.directory, 'data'), { mode: 0o700 });
  const texts = await Promise.all(files.map((file) => readFile(join(where.share, file), 'utf8')));
  const sql = `SET @auth_root_socket=NULL;\nCREATE DATABASE mysql;\nUSE mysql;\n${texts.join('\n')}\n`;
  const child = spawn(program, [...flags, '--bootstrap', '--skip-log-bin'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin?.end(sql);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${program} --bootstrap ended with ${code}`);
}

async function openSession(socketPath: string, database: string): Promise<PrivateSession> {
  const connection = await createConnection({ socketPath, user: 'root', timezone: 'Z', charset: 'utf8mb4' });
  await connection.query(`CREATE DATABASE IF NOT EXISTS ${database} CHARACTER SET utf8mb4`);
  await connection.query(`USE ${database}`);
  await connection.query("SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY'");
  return {
    connection,
    async query(sql, parameters = []): Promise<SqlRows> {
      const [result, fields] = await connection.query({
        sql,
        values: [...parameters],
        rowsAsArray: true,
        typeCast: (field) => field.string(),
      });
      if (!Array.isArray(result)) return { columns: [], rows: [], affectedRows: result.affectedRows };
      const columns = (fields ?? []).map((field) => ({ name: field.name, type: String(field.type) }));
      return { columns, rows: result as unknown as (string | null)[][] };
    },
    async [Symbol.asyncDispose]() {
      await connection.end().catch(() => connection.destroy());
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
