import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pause } from '../std/deadline.ts';
import { messageOf } from '../std/failure.ts';
import { lockNotFreed } from './errors.ts';
import { processIdentity } from './processes.ts';

const ASK_EVERY_MS = 20;

export interface FileLockInput {
  readonly path: string;
  /** What the owner does, for the message to whoever waits too long: `start the local database`. */
  readonly purpose: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs `work` while holding a lock file that names this process. A lock whose owner has died, or whose
 * number now belongs to another process, is taken over.
 */
export async function withFileLock<T>(input: FileLockInput, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(input.path), { recursive: true, mode: 0o700 });
  const mine = JSON.stringify({
    pid: process.pid,
    identity: (await processIdentity(process.pid)) ?? '',
    token: randomUUID(),
  });
  await take(input, mine);
  try {
    return await work();
  } finally {
    if ((await contentOf(input.path)) === mine) await rm(input.path, { force: true });
  }
}

async function take(input: FileLockInput, mine: string): Promise<void> {
  const end = Date.now() + input.timeoutMs;
  while (!(await createWhole(input.path, mine))) {
    const held = await contentOf(input.path);
    if (held === undefined) continue;
    const owner = parseOwner(held);
    if (!(await isAlive(owner))) {
      await removeStale(input.path, held);
      continue;
    }
    if (Date.now() >= end) {
      throw lockNotFreed({ what: input.purpose, pid: owner.pid, timeoutMs: input.timeoutMs });
    }
    await pause(ASK_EVERY_MS, input.signal);
  }
}

/** A link appears with its content or not at all, so that nobody ever reads a half-written lock. */
async function createWhole(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content, { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Only one of several who saw the same dead owner moves the file away; a fresh lock caught by it is put back. */
async function removeStale(path: string, seen: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await contentOf(aside)) !== seen) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`cannot read the lock ${path}: ${messageOf(error)}`, { cause: error });
  }
}

interface LockOwner {
  readonly pid: number;
  readonly identity: string;
}

function parseOwner(content: string): LockOwner {
  try {
    const { pid, identity } = JSON.parse(content);
    if (Number.isInteger(pid) && typeof identity === 'string') return { pid, identity };
  } catch {
    // Not ours to read: a damaged lock has no living owner.
  }
  return { pid: 0, identity: '' };
}

async function isAlive(owner: LockOwner): Promise<boolean> {
  return owner.pid > 0 && owner.identity !== '' && (await processIdentity(owner.pid)) === owner.identity;
}
