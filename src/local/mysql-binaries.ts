import { execFile } from 'node:child_process';
import { access, constants, readdir, realpath } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../std/failure.ts';
import { noServerFound, serverNotUsable } from './errors.ts';
import { unpackedServer, unpackedServerPath } from './mysql-download.ts';

const run = promisify(execFile);

/** `SKIP LOCKED`, which the shop's queries may use, came with it. */
const OLDEST_VERSION = [10, 6] as const;
const ASK_VERSION_TIMEOUT_MS = 10_000;
const SERVER_NAMES = ['mariadbd', 'mysqld'];
const CLIENT_NAMES = ['mariadb', 'mysql'];
const USUAL_FOLDERS = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/libexec',
  '/usr/bin',
  '/usr/local/bin',
  '/usr/local/mysql/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/usr/local/opt/mariadb/bin',
];

export interface MysqlBinaries {
  readonly mysqld: string;
  /** `10.11.19-MariaDB-0+deb12u1`. */
  readonly version: string;
  readonly baseFolder: string;
  /** Holds error messages, character sets and the SQL that makes the system tables. */
  readonly shareFolder: string;
  /** Libraries the dynamic linker does not find by itself; for LD_LIBRARY_PATH. */
  readonly libraryFolders: readonly string[];
}

/** The command-line client, `mariadb` or `mysql`. */
export interface MysqlClient {
  readonly path: string;
  readonly libraryFolders: readonly string[];
}

export interface FindBinariesInput {
  /** The operator's environment; DP_MYSQLD, PATH and LD_LIBRARY_PATH are read. */
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  /** Where a downloaded server is kept. */
  readonly cache: string;
  /** `process.platform` of the machine asked about. */
  readonly platform?: NodeJS.Platform;
  /** @default the usual sbin, libexec and Homebrew folders */
  readonly usualFolders?: readonly string[];
  readonly notify?: (message: string) => void;
}

/**
 * Finds a MariaDB server: DP_MYSQLD, PATH, the usual folders, then Debian's package unpacked below `cache`
 * (downloaded when it is not there yet). Throws a Failure saying how to install one.
 */
export async function findMysqlBinaries(input: FindBinariesInput): Promise<MysqlBinaries> {
  const chosen = input.environmentVariables.DP_MYSQLD;
  if (chosen !== undefined && chosen !== '') {
    const found = await examine(chosen, input.environmentVariables);
    if ('reason' in found) throw serverNotUsable({ path: chosen, reason: found.reason });
    return found;
  }
  const rejected: string[] = [];
  const folders = [...pathFolders(input.environmentVariables), ...(input.usualFolders ?? USUAL_FOLDERS)];
  for (const candidate of await executables(folders, SERVER_NAMES)) {
    const found = await examine(candidate, input.environmentVariables);
    if (!('reason' in found)) return found;
    rejected.push(`${candidate} (${found.reason})`);
  }
  const unpacked = await unpackedServer({ ...input, rejected });
  if (unpacked === undefined) {
    const looked = ['DP_MYSQLD', 'PATH', ...(input.usualFolders ?? USUAL_FOLDERS)];
    throw noServerFound({ platform: input.platform ?? process.platform, looked, rejected });
  }
  const found = await examine(unpacked, input.environmentVariables);
  if ('reason' in found) throw serverNotUsable({ path: unpacked, reason: found.reason });
  return found;
}

/**
 * Finds a command-line client: on PATH, in the usual folders, beside DP_MYSQLD, or in the unpacked package.
 * Undefined when there is none. Downloads nothing.
 */
export async function findMysqlClient(
  input: Pick<FindBinariesInput, 'environmentVariables' | 'cache' | 'usualFolders'>,
): Promise<MysqlClient | undefined> {
  const folders = [...pathFolders(input.environmentVariables), ...(input.usualFolders ?? USUAL_FOLDERS)];
  for (const server of [input.environmentVariables.DP_MYSQLD ?? '', unpackedServerPath(input.cache)]) {
    if (server !== '') folders.push(join(dirname(dirname(server)), 'bin'));
  }
  const path = (await executables(folders, CLIENT_NAMES))[0];
  if (path === undefined) return undefined;
  return { path, libraryFolders: await librariesOf(dirname(dirname(await realpath(path)))) };
}

/** The environment a server or client of `binaries` is run with. */
export function binariesEnvironment(
  binaries: Pick<MysqlBinaries, 'libraryFolders'>,
  environmentVariables: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  if (binaries.libraryFolders.length === 0) return { ...environmentVariables };
  const before = environmentVariables.LD_LIBRARY_PATH;
  const folders = before === undefined || before === '' ? [] : [before];
  return {
    ...environmentVariables,
    LD_LIBRARY_PATH: [...binaries.libraryFolders, ...folders].join(delimiter),
  };
}

/** The parts of the server a binary belongs to, or why it cannot be used. */
async function examine(
  path: string,
  environmentVariables: Readonly<Record<string, string | undefined>>,
): Promise<MysqlBinaries | { reason: string }> {
  if (!(await isExecutable(path))) return { reason: 'there is no executable file' };
  const mysqld = await realpath(path);
  const baseFolder = dirname(dirname(mysqld));
  const libraryFolders = await librariesOf(baseFolder);
  const environment = binariesEnvironment({ libraryFolders }, environmentVariables);
  const said = await askVersion(mysqld, environment);
  if ('reason' in said) return said;
  const shareFolder = await findShareFolder(baseFolder);
  if (shareFolder === undefined) {
    return { reason: `its share folder with mysql_system_tables.sql is not below ${baseFolder}` };
  }
  return { mysqld, version: said.version, baseFolder, shareFolder, libraryFolders };
}

async function askVersion(
  mysqld: string,
  env: Record<string, string | undefined>,
): Promise<{ version: string } | { reason: string }> {
  let words: string;
  try {
    const answer = await run(mysqld, ['--no-defaults', '--version'], {
      env,
      timeout: ASK_VERSION_TIMEOUT_MS,
    });
    words = answer.stdout;
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    return { reason: `it does not run: ${(stderr || messageOf(error)).trim().split('\n')[0]}` };
  }
  const version = /Ver ((\d+)\.(\d+)\S*)/.exec(words);
  if (version?.[1] === undefined) return { reason: 'it does not say its version' };
  if (!/mariadb/i.test(words)) return { reason: `it is MySQL ${version[1]}, not MariaDB` };
  const [major, minor] = [Number(version[2]), Number(version[3])];
  const [oldestMajor, oldestMinor] = OLDEST_VERSION;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    return { reason: `it is version ${version[1]}; ${OLDEST_VERSION.join('.')} or newer is needed` };
  }
  return { version: version[1] };
}

/** Distributions put it in share/mysql or share/mariadb; MariaDB's own tarballs in share. */
async function findShareFolder(baseFolder: string): Promise<string | undefined> {
  for (const name of ['mysql', 'mariadb', '.']) {
    const folder = join(baseFolder, 'share', name);
    const files = await readdir(folder).catch(() => []);
    if (files.some((file) => /^(mysql|mariadb)_system_tables\.sql$/.test(file))) return folder;
  }
  return undefined;
}

/** In an unpacked package the libraries lie in the same tree, where the linker does not look. */
async function librariesOf(baseFolder: string): Promise<string[]> {
  const tree = dirname(baseFolder);
  if (basename(baseFolder) !== 'usr' || tree === '/') return [];
  const folders: string[] = [];
  for (const parent of [join(tree, 'usr', 'lib'), join(tree, 'lib')]) {
    const names = await readdir(parent).catch(() => []);
    folders.push(...names.filter((name) => /-linux-gnu/.test(name)).map((name) => join(parent, name)));
  }
  return folders;
}

async function executables(folders: readonly string[], names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of new Set(folders)) {
    for (const name of names) {
      const path = join(folder, name);
      if (await isExecutable(path)) found.push(path);
    }
  }
  return found;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function pathFolders(environmentVariables: Readonly<Record<string, string | undefined>>): string[] {
  return (environmentVariables.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
}
