import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseUser } from '../platform/database.ts';

const PASSWORD_BYTES = 24;

/** One login, in the words Secrets Manager uses for a database secret. Never print or log it. */
export interface DatabaseSecret {
  readonly username: string;
  readonly password: string;
}

export function secretPath(secretsFolder: string, user: DatabaseUser): string {
  return join(secretsFolder, `${user}.json`);
}

/** Undefined when there is none yet. */
export async function findSecret(
  secretsFolder: string,
  user: DatabaseUser,
): Promise<DatabaseSecret | undefined> {
  const text = await readFile(secretPath(secretsFolder, user), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { username, password } = JSON.parse(text);
  return { username, password };
}

/** The secret that is there, or a new random one. Of several callers at once, all get the same. */
export async function ensureSecret(secretsFolder: string, user: DatabaseUser): Promise<DatabaseSecret> {
  const found = await findSecret(secretsFolder, user);
  if (found !== undefined) return found;
  const made = { username: user, password: randomBytes(PASSWORD_BYTES).toString('base64url') };
  const draft = await writeDraft(secretsFolder, made);
  try {
    await link(draft, secretPath(secretsFolder, user));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return (await findSecret(secretsFolder, user)) ?? made;
}

/** Puts another password in the secret's place, in one step. */
export async function replaceSecret(secretsFolder: string, secret: DatabaseSecret): Promise<void> {
  const draft = await writeDraft(secretsFolder, secret);
  await rename(draft, join(secretsFolder, `${secret.username}.json`));
}

async function writeDraft(secretsFolder: string, secret: DatabaseSecret): Promise<string> {
  await mkdir(secretsFolder, { recursive: true, mode: 0o700 });
  // The folder may be older than this program, or made under another umask.
  await chmod(secretsFolder, 0o700);
  const draft = join(secretsFolder, `.draft-${randomUUID()}`);
  await writeFile(draft, `${JSON.stringify(secret)}\n`, { mode: 0o600, flag: 'wx' });
  return draft;
}
