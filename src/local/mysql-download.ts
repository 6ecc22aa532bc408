import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../std/failure.ts';
import { unpackFailed } from './errors.ts';
import { withFileLock } from './file-lock.ts';

const run = promisify(execFile);

const PACKAGES = ['mariadb-server-core', 'mariadb-client-core'];
const APT_TIMEOUT_MS = 180_000;
const UNPACK_TIMEOUT_MS = 60_000;
const WAIT_FOR_OTHER_MS = 300_000;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;
const APT_SETTINGS = '/etc/apt/apt.conf.d';

interface UnpackInput {
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  readonly cache: string;
  readonly platform?: NodeJS.Platform;
  readonly rejected: string[];
  readonly notify?: (message: string) => void;
}

/**
 * The server of Debian's packages, unpacked below `cache` without being installed: no root is needed and
 * nothing else of the machine changes. Undefined where apt does not exist.
 */
export async function unpackedServer(input: UnpackInput): Promise<string | undefined> {
  const mysqld = unpackedServerPath(input.cache);
  const tree = dirname(dirname(dirname(mysqld)));
  if (await exists(mysqld)) return mysqld;
  if ((input.platform ?? process.platform) !== 'linux' || !(await hasApt(input))) return undefined;
  const lock = {
    path: join(input.cache, 'mariadb.lock'),
    purpose: 'download the database server',
    timeoutMs: WAIT_FOR_OTHER_MS,
  };
  await withFileLock(lock, async () => {
    if (await exists(mysqld)) return;
    input.notify?.("Downloading MariaDB (Debian's package, 8 MB) into .dp/cache");
    const workFolder = await mkdtemp(join(input.cache, 'unpack-'));
    try {
      await unpackInto(workFolder, input);
      await rm(tree, { recursive: true, force: true });
      await rename(join(workFolder, 'tree'), tree);
    } catch (error) {
      throw unpackFailed({ reason: reasonOf(error), rejected: input.rejected, cause: error });
    } finally {
      await rm(workFolder, { recursive: true, force: true });
    }
  });
  return mysqld;
}

/** Where the unpacked server is, or would be. */
export function unpackedServerPath(cache: string): string {
  return join(cache, `mariadb-${process.arch}`, 'usr', 'sbin', 'mariadbd');
}

async function unpackInto(folder: string, input: UnpackInput): Promise<void> {
  const env = { ...input.environmentVariables, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
  const settings = await aptSettings(folder);
  const download = ['install', '--download-only', '--no-install-recommends', ...PACKAGES];
  const options = { env, timeout: APT_TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX };
  try {
    await run('apt-get', [...settings, ...download], options);
  } catch {
    // The machine's package lists are missing or old: fetch some of our own and ask once more.
    const lists = join(folder, 'lists');
    await mkdir(join(lists, 'partial'), { recursive: true });
    const ownLists = [...settings, '-o', `Dir::State::lists=${lists}/`];
    await run('apt-get', [...ownLists, 'update'], options);
    await run('apt-get', [...ownLists, ...download], options);
  }
  const archives = join(folder, 'archives');
  for (const name of await readdir(archives)) {
    if (!name.endsWith('.deb')) continue;
    const unpack = ['--extract', join(archives, name), join(folder, 'tree')];
    await run('dpkg-deb', unpack, { env, timeout: UNPACK_TIMEOUT_MS });
  }
}

/**
 * apt with every folder it writes below ours, and without the machine's hooks, which may write elsewhere.
 * What it is told of mirrors and proxies stays.
 */
async function aptSettings(folder: string): Promise<string[]> {
  await mkdir(join(folder, 'archives', 'partial'), { recursive: true });
  const settings = join(folder, 'settings');
  await mkdir(settings, { recursive: true });
  for (const name of await readdir(APT_SETTINGS).catch(() => [])) {
    const text = await readFile(join(APT_SETTINGS, name), 'utf8').catch(() => '');
    if (/(Pre|Post)-Invoke/i.test(text)) continue;
    await writeFile(join(settings, name), text);
  }
  const values = [
    `Dir::Etc::parts=${settings}/`,
    `Dir::Cache=${folder}/`,
    `Dir::Cache::archives=${join(folder, 'archives')}/`,
    'Debug::NoLocking=true',
    'APT::Sandbox::User=',
    'Acquire::Retries=2',
    'Acquire::http::Timeout=20',
    'Acquire::https::Timeout=20',
  ];
  return ['--quiet', '--yes', ...values.flatMap((value) => ['-o', value])];
}

async function hasApt(input: UnpackInput): Promise<boolean> {
  const options = { env: { ...input.environmentVariables }, timeout: UNPACK_TIMEOUT_MS };
  try {
    await run('apt-get', ['--version'], options);
    await run('dpkg-deb', ['--version'], options);
    return true;
  } catch {
    return false;
  }
}

/** apt's own error lines say more than the exit code. */
function reasonOf(error: unknown): string {
  const { stderr = '' } = error as { stderr?: string };
  const lines = stderr.split('\n').filter((line) => line.startsWith('E: '));
  return lines.length === 0 ? (messageOf(error).split('\n')[0] ?? '') : lines.slice(0, 2).join(' ');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
