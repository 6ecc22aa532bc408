/** Giving the database the password of a version of the secret again, and that version the label that clients read. */

import type { SecretValue, SecretVersion } from '../platform/secrets.ts';
import { type LoginPath, setOwnPassword, tryLogin } from './login-path.ts';
import type { SecretStore } from './secret-store.ts';
import { noPasswordWorks } from './secrets-errors.ts';

export interface RestoreInput {
  readonly name: string;
  /** The version that is to be current, and its value. */
  readonly to: { readonly id: string; readonly value: SecretValue };
}

/**
 * Takes AWSPENDING away first: the function refuses to work on a version without it, so a step of it that comes late
 * changes nothing. Then whoever the database lets in sets the wanted password, and the label follows the database.
 */
export async function restorePassword(
  { name, to }: RestoreInput,
  deps: { readonly store: SecretStore; readonly path: LoginPath },
): Promise<void> {
  const { store, path } = deps;
  const versions = await store.versions();
  const pending = versions.find(({ labels }) => labels.includes('AWSPENDING'));
  if (pending !== undefined) await store.moveLabel('AWSPENDING', { from: pending.id });
  if ((await tryLogin(path, to.value)) === 'refused') {
    await setPasswordWithAny({ name, to, versions }, deps);
    if ((await tryLogin(path, to.value)) === 'refused') throw noPasswordWorks({ name });
  }
  await makeCurrent({ store, id: to.id, versions });
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

/** Logs in with the first other password of the same user that the database takes, and sets the wanted one. */
async function setPasswordWithAny(
  { name, to, versions }: RestoreInput & { readonly versions: readonly SecretVersion[] },
  deps: { readonly store: SecretStore; readonly path: LoginPath },
): Promise<void> {
  for (const { id } of versions.filter(({ id }) => id !== to.id)) {
    const candidate = await deps.store.findValue({ version: id });
    if (candidate?.username !== to.value.username) continue;
    if ((await tryLogin(deps.path, candidate)) === 'refused') continue;
    await using session = await deps.path.logIn(candidate);
    await setOwnPassword(session, to.value.password);
    return;
  }
  throw noPasswordWorks({ name });
}
