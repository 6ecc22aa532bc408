import { rename, writeFile } from 'node:fs/promises';
import { messageOf } from '../std/failure.ts';
import { usage } from './errors.ts';

/** Writes a page so that whoever opens the file sees the whole old or the whole new one. Readable by its owner only. */
export async function savePage(path: string, html: string): Promise<void> {
  const unfinished = `${path}.${process.pid}.part`;
  try {
    await writeFile(unfinished, html, { mode: 0o600 });
    await rename(unfinished, path);
  } catch (error) {
    throw usage(`Cannot write ${path}: ${messageOf(error)}.`, 'Name a file in a folder that is there.');
  }
}
