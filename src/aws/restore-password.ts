/** Giving the database the password of a version of the secret again, and that version the label that clients read. */

import type { RotationEvent, SecretValue, SecretVersion } from '../platform/secrets.ts';
import { Failure } from '../std/failure.ts';
import { type LoginPath, setOwnPassword, tryLogin } from './login-path.ts';
import type { SecretStore } from './secret-store.ts';
import { noPasswordWorks } from './secrets-errors.ts';

export interface RestoreDeps {
  readonly store: SecretStore;
  readonly path: LoginPath;
}

export interface RestoreInput {
  readonly name: string;
  /** The version that is to be current, and its value. */
  readonly to: { readonly id: string; readonly value: SecretValue };
}

/**
 * Takes AWSPENDING away first: the function refuses to work on a version without it, so a step of it that comes late
 * changes nothing. Then whoever the database lets in sets the wanted password, and the label follows the database. Where
 * two users take turns, the previous login is put right as well: it is to work until the next rotation.
 */
export async function restorePassword(
  { name, to }: RestoreInput,
  deps: RestoreDeps & {
    readonly say: (step: RotationEvent['step'], state: RotationEvent['state'], message: string) => void;
  },
): Promise<void> {
  const { store, path } = deps;
  const versions = await store.versions();
  const pending = versions.find(({ labels }) => labels.includes('AWSPENDING'));
  if (pending !== undefined) await store.moveLabel('AWSPENDING', { from: pending.id });
  await ensureTaken({ name, to, versions }, deps);
  await makeCurrent({ store, id: to.id, versions });
  const previous = await findPrevious(await store.versions(), deps);
  if (previous === undefined || previous.value.username === to.value.username) return;
  try {
    await ensureTaken({ name, to: previous, versions }, { store, path });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'no-password-works') throw error;
    deps.say('restore', 'note', `The login before, ${previous.value.username}, is refused and cannot be set`);
  }
}

/** The version that clients read before, with its value. */
export async function findPrevious(
  versions: readonly SecretVersion[],
  { store }: Pick<RestoreDeps, 'store'>,
): Promise<RestoreInput['to'] | undefined> {
  const found = versions.find(({ labels }) => labels.includes('AWSPREVIOUS'));
  const value = found && (await store.findValue({ version: found.id }));
  return found === undefined || value === undefined ? undefined : { id: found.id, value };
}

/** One call; Secrets Manager labels the one before AWSPREVIOUS by itself. */
export async function makeCurrent(input: {
  readonly store: SecretStore;
  readonly id: string;
  readonly versions: readonly SecretVersion[];
}): Promise<void> {
  const current = input.versions.find(({ labels }) => labels.includes('AWSCURRENT'));
  if (current?.id === input.id) return;
  const from = current === undefined ? {} : { from: current.id };
  await input.store.moveLabel('AWSCURRENT', { to: input.id, ...from });
}

/**
 * Has the database take a version's password: where it does not, whoever it lets in with another version of the same
 * user sets it. Throws a failure `no-password-works`.
 */
export async function ensureTaken(
  { name, to, versions }: RestoreInput & { readonly versions: readonly SecretVersion[] },
  { store, path }: RestoreDeps,
): Promise<void> {
  if ((await tryLogin(path, to.value)) === 'accepted') return;
  for (const { id } of versions.filter((one) => one.id !== to.id)) {
    const candidate = await store.findValue({ version: id });
    if (candidate?.username !== to.value.username) continue;
    if ((await tryLogin(path, candidate)) === 'refused') continue;
    {
      await using session = await path.logIn(candidate);
      await setOwnPassword(session, to.value.password);
    }
    if ((await tryLogin(path, to.value)) === 'accepted') return;
  }
  throw noPasswordWorks({ name, username: to.value.username });
}
