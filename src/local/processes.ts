import { execFile } from 'node:child_process';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * What tells a process from a later one that was given the same number: the boot and the moment it
 * started. Undefined when there is no such process.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return startedAccordingToPs(pid);
  const fields = await processFields(pid);
  // A zombie has ended; it only waits for its parent to ask how.
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  // Field 22 of proc(5) stat: the start time in clock ticks since boot.
  return `${boot.trim()}:${fields[19] ?? ''}`;
}

/**
 * Whether `pid` is, right now, a database server that works in `dataFolder`. A number that was given to
 * another process after a crash or a reboot is not, and neither is another project's server.
 */
export async function isServerOf(pid: number, dataFolder: string): Promise<boolean> {
  if ((await processIdentity(pid)) === undefined) return false;
  const words = await commandLine(pid);
  if (!isServerProgram(words[0])) return false;
  // The server makes its data folder its working folder; that holds even after the project was moved.
  const [works, data] = await Promise.all([folderOf(`/proc/${pid}/cwd`), folderOf(dataFolder)]);
  if (works !== undefined && data !== undefined) return works === data;
  return words.includes(`--datadir=${dataFolder}`) || words.join(' ').includes(`--datadir=${dataFolder} `);
}

/**
 * Servers that were started for `dataFolder` and still run although that folder was deleted under them:
 * what `rm -rf .dp` leaves behind. Linux only; elsewhere there are none to be found.
 */
export async function orphanedServersOf(dataFolder: string): Promise<number[]> {
  const names = process.platform === 'linux' ? await readdir('/proc') : [];
  const found: number[] = [];
  for (const pid of names.filter((name) => /^\d+$/.test(name)).map(Number)) {
    const words = await commandLine(pid);
    if (!isServerProgram(words[0]) || !words.includes(`--datadir=${dataFolder}`)) continue;
    const works = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (works.endsWith(' (deleted)')) found.push(pid);
  }
  return found;
}

/** The folder a process works in, as a path any other program of this machine can use; Linux only. */
export async function workingFolder(pid: number): Promise<string | undefined> {
  const path = `/proc/${pid}/cwd`;
  return readlink(path).then(
    () => path,
    () => undefined,
  );
}

function isServerProgram(path: string | undefined): boolean {
  return /^(mariadbd|mysqld)/.test(basename(path ?? ''));
}

/** The fields of /proc/<pid>/stat after the program's name, which may itself hold spaces and brackets. */
async function processFields(pid: number): Promise<string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text
    ?.slice(text.lastIndexOf(')') + 2)
    .trim()
    .split(' ');
}

async function startedAccordingToPs(pid: number): Promise<string | undefined> {
  const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim() === '' ? undefined : stdout.trim();
}

async function commandLine(pid: number): Promise<string[]> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return text.split('\0').filter((word) => word !== '');
  }
  const asked = run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  const { stdout } = await asked.catch(() => ({ stdout: '' }));
  return `${stdout.trim()} `.split(/ (?=--)/);
}

async function folderOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}
