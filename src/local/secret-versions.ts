import type { VersionLabel } from '../platform/secrets.ts';
import { assert } from '../std/assert.ts';
import type { StoredSecret, StoredVersion } from './secrets-file.ts';

/** History that is kept beyond the labelled versions; without passwords. */
const OLD_VERSIONS_MAX = 50;

export function versionWith(secret: StoredSecret, label: VersionLabel): StoredVersion | undefined {
  return secret.versions.find((version) => version.labels.includes(label));
}

export type VersionWithPassword = StoredVersion & { readonly password: string };

export function currentVersion(secret: StoredSecret): VersionWithPassword {
  const current = versionWith(secret, 'AWSCURRENT');
  assert(current?.password === secret.password, 'the current version is what clients read');
  return { ...current, password: secret.password };
}

/** Whether a rotation was cut off: something is pending, or what was before is still taken by the database. */
export function isUnfinished(secret: StoredSecret): boolean {
  return versionWith(secret, 'AWSPENDING') !== undefined || !currentVersion(secret).settled;
}

/** A user of the database and the passwords that it takes for him: two while one of them is pending. */
export interface UserLogin {
  readonly username: string;
  readonly passwords: readonly string[];
}

/**
 * What the database is to take, by the labels: the current login, the pending one, and the previous one where it is
 * another user's. The same user's previous password is taken only until its rotation is over.
 */
export function loginsOf(secret: StoredSecret): UserLogin[] {
  const { username: current } = currentVersion(secret);
  const passwords = new Map<string, string[]>();
  for (const { labels, username, password } of secret.versions) {
    const isTaken = labels.some((label) => label !== 'AWSPREVIOUS' || username !== current);
    if (!isTaken || password === undefined) continue;
    passwords.set(username, [...(passwords.get(username) ?? []), password]);
  }
  return [...passwords].map(([username, taken]) => ({ username, passwords: taken }));
}

/** The version whose login a next one takes the place of: of the same user, and not the next one itself. */
export function formerLogin(secret: StoredSecret, next: StoredVersion): VersionWithPassword | undefined {
  const labelled = [versionWith(secret, 'AWSCURRENT'), versionWith(secret, 'AWSPREVIOUS')];
  const found = labelled.find((one) => one?.username === next.username && one.id !== next.id);
  return found?.password === undefined ? undefined : { ...found, password: found.password };
}

/** Adds a new version that is pending, or labels an existing one so. */
export function withPending(secret: StoredSecret, pending: StoredVersion): StoredSecret {
  const others = secret.versions.filter(({ id }) => id !== pending.id);
  return withVersions(secret, [...others, labelled(pending, 'AWSPENDING')]);
}

/** As if the rotation had not begun. */
export function withoutPending(secret: StoredSecret): StoredSecret {
  const kept = secret.versions
    .map((version) => unlabelled(version, 'AWSPENDING'))
    .filter(({ labels, currentAt }) => labels.length > 0 || currentAt !== undefined);
  return withVersions(secret, kept);
}

/** Makes the version of that id current and the current one previous: the one moment clients notice. */
export function withCurrent(secret: StoredSecret, id: string, at: string): StoredSecret {
  const versions = secret.versions.map((version): StoredVersion => {
    if (version.id === id) {
      const { settled: _before, ...rest } = version;
      return { ...rest, labels: ['AWSCURRENT'], currentAt: at };
    }
    const was = version.labels.includes('AWSCURRENT');
    return { ...version, labels: was ? ['AWSPREVIOUS'] : [] };
  });
  return withVersions(secret, versions);
}

/** Says that the database takes what `loginsOf` says, and nothing else. */
export function withSettled(secret: StoredSecret): StoredSecret {
  return withVersions(
    secret,
    secret.versions.map((version) =>
      version.labels.includes('AWSCURRENT') ? { ...version, settled: true } : version,
    ),
  );
}

/** With another interval between rotations, or none. */
export function withInterval(secret: StoredSecret, everyDays: number | null): StoredSecret {
  const { everyDays: _before, ...rest } = secret;
  return everyDays === null ? rest : { ...rest, everyDays };
}

function withVersions(secret: StoredSecret, versions: readonly StoredVersion[]): StoredSecret {
  const labelledOnes = versions.filter(({ labels }) => labels.length > 0);
  const old = versions
    .filter(({ labels }) => labels.length === 0)
    .map(({ password: _forgotten, ...version }): StoredVersion => version)
    .slice(-OLD_VERSIONS_MAX);
  const sorted = [...old, ...labelledOnes].sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  const current = sorted.find(({ labels }) => labels.includes('AWSCURRENT'));
  assert(current?.password !== undefined, 'a secret has one current version');
  const { username, password } = current;
  return { ...secret, username, password, versions: sorted };
}

function labelled(version: StoredVersion, label: VersionLabel): StoredVersion {
  return { ...version, labels: [...version.labels.filter((one) => one !== label), label] };
}

function unlabelled(version: StoredVersion, label: VersionLabel): StoredVersion {
  return { ...version, labels: version.labels.filter((one) => one !== label) };
}
