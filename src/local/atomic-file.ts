import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface AtomicFileOptions {
  /** A folder on the same disk for files that are not whole yet; a crash leaves its leavings there. */
  readonly workFolder: string;
}

/** Puts `bytes` at `path` in one step, on disk before it is visible: a reader sees the old bytes or the new ones. */
export async function replaceFile(
  path: string,
  bytes: Uint8Array,
  options: AtomicFileOptions,
): Promise<void> {
  const draft = await writeDraft(path, bytes, options);
  await rename(draft, path).catch((error) => dropDraft(draft, error));
  await syncFolder(dirname(path));
}

/** Like replaceFile, only where nothing is yet. False when something is. */
export async function createFile(
  path: string,
  bytes: Uint8Array,
  options: AtomicFileOptions,
): Promise<boolean> {
  const draft = await writeDraft(path, bytes, options);
  try {
    // A link, unlike a rename, never replaces.
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return await dropDraft(draft, error);
    await rm(draft, { force: true });
    return false;
  }
  await rm(draft, { force: true });
  await syncFolder(dirname(path));
  return true;
}

/** Makes a file's bytes and its folder's entry outlive a power cut. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}

/** Makes a folder and what is missing above it, and makes their entries outlive a power cut. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function writeDraft(path: string, bytes: Uint8Array, options: AtomicFileOptions): Promise<string> {
  await makeFolder(dirname(path));
  await mkdir(options.workFolder, { recursive: true });
  const draft = join(options.workFolder, `${basename(path)}.${randomBytes(6).toString('hex')}`);
  const file = await open(draft, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await file.close();
    return dropDraft(draft, error);
  }
  await file.close();
  return draft;
}

async function dropDraft(draft: string, error: unknown): Promise<never> {
  await rm(draft, { force: true });
  throw error;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
