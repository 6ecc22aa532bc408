import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../std/failure.ts';
import { unreadableConfig } from './errors.ts';

/** Beside dp.config.json, and like it to be committed: which image each environment runs. */
export const IMAGES_FILE = 'dp.images.json';

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** The digest that `dp image push` wrote for an environment, or undefined when none was pushed. */
export function readImageDigest(projectRoot: string, environment: string): string | undefined {
  const digest = readAll(projectRoot)[environment];
  if (digest !== undefined && !DIGEST.test(digest)) {
    throw unreadableConfig(join(projectRoot, IMAGES_FILE), `${environment} is not sha256: and 64 hex digits`);
  }
  return digest;
}

export function writeImageDigest(projectRoot: string, environment: string, digest: string): void {
  const all = { ...readAll(projectRoot), [environment]: digest };
  writeFileSync(join(projectRoot, IMAGES_FILE), `${JSON.stringify(all, undefined, 2)}\n`);
}

function readAll(projectRoot: string): Record<string, string> {
  const path = join(projectRoot, IMAGES_FILE);
  if (!existsSync(path)) return {};
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
  } catch (error) {
    throw unreadableConfig(path, messageOf(error));
  }
}
