import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseUser } from '../platform/database.ts';
import type { SecretVersion } from '../platform/secrets.ts';
import { secretUnreadable } from './secrets-errors.ts';

const PASSWORD_BYTES = 24;
const DRAFT_PREFIX = '.draft-';

/** One login, in the words Secrets Manager uses for a database secret. Never print or log it. */
export interface DatabaseSecret {
  readonly username: string;
  readonly password: string;
}

/** A version as its file keeps it. Only versions with a label keep their password. */
export interface StoredVersion extends SecretVersion {
  readonly username: string;
  readonly password?: string;
  /** When it became the current one; missing for one that never was. ISO 8601, UTC. */
  readonly currentAt?: string;
  /** Of the current one: the rotation to it is over, and the database takes nothing but what `loginsOf` says. */
  readonly settled?: boolean;
}

/** The whole file: what clients read, and every version. One rename replaces all of it, labels included. */
export interface StoredSecret extends DatabaseSecret {
  /** Of the file. The first of the two users who may take turns has the same. */
  readonly name: DatabaseUser;
  /** Oldest first. Exactly one has the label AWSCURRENT, and its password is the one above. */
  readonly versions: readonly StoredVersion[];
  /** How often it is to be rotated, in days; missing where nobody said. */
  readonly everyDays?: number;
}

export function secretPath(secretsFolder: string, user: DatabaseUser): string {
  return join(secretsFolder, `${user}.json`);
}

/** Beside the folder, which holds secrets and nothing else. Held while passwords change. */
export function secretsLockPath(secretsFolder: string): string {
  return `${secretsFolder}.lock`;
}

export function newPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString('base64url');
}

/** Undefined when there is none yet. */
export async function findSecret(
  secretsFolder: string,
  user: DatabaseUser,
): Promise<DatabaseSecret | undefined> {
  const stored = await findStoredSecret(secretsFolder, user);
  return stored === undefined ? undefined : { username: stored.username, password: stored.password };
}

/** The secret with its versions. A file without any has one version, as old as the file. */
export async function findStoredSecret(
  secretsFolder: string,
  name: DatabaseUser,
): Promise<StoredSecret | undefined> {
  const path = secretPath(secretsFolder, name);
  const text = await readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { versions, ...rest } = parseSecret(text, path);
  if (versions !== undefined) return { name, ...rest, versions };
  const { mtime } = await stat(path);
  return { name, ...rest, versions: [firstVersion(rest, mtime)] };
}

/** The secret that is there, or a new random one. Of several callers at once, all get the same. */
export async function ensureSecret(secretsFolder: string, user: DatabaseUser): Promise<DatabaseSecret> {
  const found = await findSecret(secretsFolder, user);
  if (found !== undefined) return found;
  const login = { username: user, password: newPassword() };
  const made = { name: user, ...login, versions: [firstVersion(login, new Date())] };
  const draft = await writeDraft(secretsFolder, made);
  try {
    await link(draft, secretPath(secretsFolder, user));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return (await findSecret(secretsFolder, user)) ?? login;
}

/** Puts the whole secret, labels included, in its place in one step: on disk before it is seen. */
export async function replaceStoredSecret(secretsFolder: string, secret: StoredSecret): Promise<void> {
  const draft = await writeDraft(secretsFolder, secret);
  await rename(draft, secretPath(secretsFolder, secret.name));
}

/** Removes what a killed process was about to put in a secret's place. Only while nobody else changes secrets. */
export async function removeDrafts(secretsFolder: string): Promise<void> {
  for (const name of await readdir(secretsFolder)) {
    if (name.startsWith(DRAFT_PREFIX)) await rm(join(secretsFolder, name), { force: true });
  }
}

function parseSecret(
  text: string,
  path: string,
): DatabaseSecret & { versions?: StoredVersion[]; everyDays?: number } {
  try {
    const { username, password, versions, everyDays } = JSON.parse(text);
    if (typeof username === 'string' && typeof password === 'string') {
      return {
        username,
        password,
        // A file from before users took turns names its user once.
        ...(Array.isArray(versions) ? { versions: versions.map((one) => ({ username, ...one })) } : {}),
        ...(typeof everyDays === 'number' ? { everyDays } : {}),
      };
    }
  } catch {
    // Said below: what a broken file holds may be a password and belongs in no message.
  }
  throw secretUnreadable({ path });
}

function firstVersion({ username, password }: DatabaseSecret, at: Date): StoredVersion {
  const createdAt = at.toISOString();
  const labels = ['AWSCURRENT'] as const;
  return { id: 'first', createdAt, currentAt: createdAt, labels, username, password, settled: true };
}

async function writeDraft(secretsFolder: string, { name: _, ...secret }: StoredSecret): Promise<string> {
  await mkdir(secretsFolder, { recursive: true, mode: 0o700 });
  // The folder may be older than this program, or made under another umask.
  await chmod(secretsFolder, 0o700);
  const draft = join(secretsFolder, `${DRAFT_PREFIX}${randomUUID()}`);
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(secret)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}
