import type { Dirent } from 'node:fs';
import { readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Lake, LakeObject } from '../platform/lake.ts';
import { assert } from '../std/assert.ts';
import { createFile, replaceFile } from './atomic-file.ts';

export interface LocalLakeInput {
  /** The absolute folder that stands for the bucket. Made when it is missing. */
  readonly folder: string;
}

/** Half-written objects lie below this key until they are whole, so that a listing shows what a crash left. */
export const DRAFTS = 'tmp/';

/** The lake as files: a key is a path below the folder. */
export function openLocalLake({ folder }: LocalLakeInput): Lake {
  const drafts = { workFolder: join(folder, DRAFTS) };
  return {
    root: `${pathToFileURL(folder).href}/`,
    read: (key) => absentAs(undefined, readFile(lakePath(folder, key))),
    write: (key, bytes) => replaceFile(lakePath(folder, key), bytes, drafts),
    writeIfAbsent: (key, bytes) => createFile(lakePath(folder, key), bytes, drafts),
    list: (prefix) => listObjects(folder, prefix),
    delete: (keys) => deleteObjects(folder, keys),
  };
}

const KEY = /^[A-Za-z0-9._=+@:-]+(?:\/[A-Za-z0-9._=+@:-]+)*$/;

/** The file of a key. Keys come from dp itself: one that could leave the folder is a bug. */
export function lakePath(folder: string, key: string): string {
  const plain = KEY.test(key) && !key.split('/').some((part) => part === '.' || part === '..');
  assert(plain, `not a lake key: ${JSON.stringify(key)}`);
  return join(folder, key);
}

async function listObjects(folder: string, prefix: string): Promise<LakeObject[]> {
  // A prefix may end inside a name, as in a bucket: look through the folder it surely lies in.
  const within = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const start = within === '' ? folder : lakePath(folder, within.slice(0, -1));
  const entries =
    (await absentAs<Dirent[]>([], readdir(start, { recursive: true, withFileTypes: true }))) ?? [];
  const objects = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry): Promise<LakeObject | undefined> => {
        const path = join(entry.parentPath, entry.name);
        const key = path.slice(folder.length + 1).replaceAll('\\', '/');
        if (!key.startsWith(prefix)) return undefined;
        const found = await absentAs(undefined, stat(path));
        return found && { key, bytes: found.size, modifiedMs: Math.floor(found.mtimeMs) };
      }),
  );
  return objects.filter((object) => object !== undefined).sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function deleteObjects(folder: string, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    const path = lakePath(folder, key);
    await rm(path, { force: true });
    await dropEmptyFolders(dirname(path), folder);
  }
}

/** A bucket has no folders: one that holds nothing goes with its last object. */
async function dropEmptyFolders(from: string, top: string): Promise<void> {
  for (let folder = from; folder !== top && folder.startsWith(top); folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

/** `fallback` where the file or folder does not exist. */
async function absentAs<T>(fallback: T, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return fallback;
    throw error;
  }
}
