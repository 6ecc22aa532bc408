import { type StdioOptions, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DatabaseAccess } from '../platform/database.ts';
import { clientDidNotStart } from './errors.ts';
import { binariesEnvironment, type MysqlClient } from './mysql-binaries.ts';

export interface OpenMysqlClientInput {
  readonly access: DatabaseAccess;
  readonly client: MysqlClient;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  /** Where the client keeps what was typed. It leaves out statements with passwords by itself. */
  readonly historyPath: string;
  /** A folder only the owner can read, for the credentials while the client runs. */
  readonly privateFolder: string;
  /** Further options, such as `--table`. Never a password: other users see arguments. */
  readonly options?: readonly string[];
  /** @default 'inherit': the operator's terminal */
  readonly stdio?: StdioOptions;
}

/**
 * Runs the `mariadb` or `mysql` client until it ends, and gives its exit code (128 and the signal's number
 * when a signal ended it). The password goes through a file of mode 0600 that is deleted afterwards.
 * Ctrl-C reaches the client by itself: whoever calls this keeps his own process from ending on it.
 */
export async function runMysqlClient(input: OpenMysqlClientInput): Promise<number> {
  await mkdir(input.privateFolder, { recursive: true, mode: 0o700 });
  await mkdir(dirname(input.historyPath), { recursive: true, mode: 0o700 });
  const defaults = join(input.privateFolder, `client-${randomUUID()}.cnf`);
  await writeFile(defaults, defaultsFile(input.access), { mode: 0o600, flag: 'wx' });
  try {
    return await run(input, defaults);
  } finally {
    await rm(defaults, { force: true });
  }
}

async function run(input: OpenMysqlClientInput, defaults: string): Promise<number> {
  const words = [`--defaults-file=${defaults}`, ...(input.options ?? []), input.access.database];
  const env = {
    ...binariesEnvironment(input.client, input.environmentVariables),
    MYSQL_HISTFILE: input.historyPath,
  };
  try {
    const child = spawn(input.client.path, words, { stdio: input.stdio ?? 'inherit', env });
    // Rejects when the program is not there; one that is none is thrown by spawn itself.
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + signalNumber(signal);
  } catch (cause) {
    throw clientDidNotStart({ path: input.client.path, cause });
  }
}

/** An option file for both clients; unlike arguments and variables nobody else can read it. */
function defaultsFile(access: DatabaseAccess): string {
  const lines = ['[client]', `user=${quoted(access.user)}`, `password=${quoted(access.password)}`];
  if (access.socketPath !== undefined) {
    lines.push('protocol=SOCKET', `socket=${quoted(access.socketPath)}`);
  } else {
    lines.push('protocol=TCP', `host=${quoted(access.host)}`, `port=${access.port}`);
    if (access.tls?.caPath !== undefined) lines.push(`ssl-ca=${quoted(access.tls.caPath)}`);
  }
  lines.push('default-character-set=utf8mb4');
  // Without a certificate the other end is a tunnel's door on this machine, which speaks no TLS. MariaDB's client
  // insists on TLS since 11.4; MySQL's does not, and reads no group of this name.
  if (access.socketPath === undefined && access.tls === undefined) lines.push('[client-mariadb]', 'skip-ssl');
  return `${lines.join('\n')}\n`;
}

/** As option files want it: in double quotes, with backslashes doubled. */
function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function signalNumber(signal: NodeJS.Signals | null): number {
  const numbers: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
  return signal === null ? 0 : (numbers[signal] ?? 0);
}
