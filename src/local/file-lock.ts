import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pause } from '../std/deadline.ts';
import { lockNotFreed } from './errors.ts';
import { processIdentity } from './processes.ts';

const ASK_EVERY_MS = 20;
const TOKEN_BYTES = 4;

export interface FileLockInput {
  readonly path: string;
  /** What the owner does, for the message to whoever waits too long: `start the local database`. */
  readonly purpose: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs `work` while holding a lock that names this process. A lock whose owner has died, or whose number now
 * belongs to another process, is taken over.
 *
 * The lock is a symbolic link that points nowhere: its text is the owner. It appears whole or not at all, only
 * where there is none, and it needs no space, so that a full disk keeps nobody from stopping a server.
 */
export async function withFileLock<T>(input: FileLockInput, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(input.path), { recursive: true, mode: 0o700 });
  const mine = await ownerText(process.pid, randomBytes(TOKEN_BYTES).toString('hex'));
  await take(input, mine);
  try {
    return await work();
  } finally {
    if ((await ownerOf(input.path)) === mine) await rm(input.path, { force: true });
  }
}

/** Whether a process that lives holds the lock just now. */
export async function isLockHeld(path: string): Promise<boolean> {
  const owner = await ownerOf(path);
  return owner !== undefined && (await isAlive(owner));
}

/** What a lock held by process `pid` says: `pid:hash of when it started:token`, short enough for an inode. */
export async function ownerText(pid: number, token: string): Promise<string> {
  const identity = (await processIdentity(pid)) ?? '';
  return `${pid}:${createHash('sha256').update(identity).digest('hex').slice(0, 16)}:${token}`;
}

async function take(input: FileLockInput, mine: string): Promise<void> {
  const end = Date.now() + input.timeoutMs;
  while (!(await createLock(input.path, mine))) {
    const held = await ownerOf(input.path);
    if (held === undefined) continue;
    if (!(await isAlive(held))) {
      await removeStale(input, held, mine);
      continue;
    }
    if (Date.now() >= end) {
      const pid = Number.parseInt(held, 10);
      throw lockNotFreed({ what: input.purpose, pid, timeoutMs: input.timeoutMs });
    }
    await pause(ASK_EVERY_MS, input.signal);
  }
}

async function createLock(path: string, owner: string): Promise<boolean> {
  try {
    await symlink(owner, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Takes a dead owner's lock away. Only whoever holds the takeover's own lock does so, and looks again first: a lock that
 * somebody has got meanwhile is never touched, not for a moment.
 */
async function removeStale({ path, signal }: FileLockInput, seen: string, mine: string): Promise<void> {
  const takeover = `${path}.takeover`;
  if (!(await createLock(takeover, mine))) {
    const other = await ownerOf(takeover);
    // Killed in the middle of a takeover, which is two calls long.
    if (other !== undefined && !(await isAlive(other))) await rm(takeover, { force: true });
    else await pause(ASK_EVERY_MS, signal);
    return;
  }
  try {
    if ((await ownerOf(path)) === seen) await rm(path, { force: true });
  } finally {
    await rm(takeover, { force: true });
  }
}

/** Undefined when there is no lock. Anything that is no link was not made here and has no owner. */
async function ownerOf(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'EINVAL') return '';
    throw error;
  }
}

async function isAlive(owner: string): Promise<boolean> {
  const [pid, , token] = owner.split(':');
  const number = Number(pid);
  if (!Number.isInteger(number) || number <= 0 || token === undefined) return false;
  return (await processIdentity(number)) !== undefined && (await ownerText(number, token)) === owner;
}
