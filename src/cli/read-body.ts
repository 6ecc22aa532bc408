import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { messageOf } from '../std/failure.ts';
import { usage } from './errors.ts';

/** The body of a request: the text itself, `@PATH` for a file's, `-` for standard input's. */
export async function readBody(given: string | undefined): Promise<string | undefined> {
  if (given === '-') return text(process.stdin);
  if (given === undefined || !given.startsWith('@')) return given;
  const path = given.slice(1);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw usage(`Cannot read the body from ${path}: ${messageOf(error)}.`, 'Check the path.');
  }
}
