import { randomUUID } from 'node:crypto';
import { otherUser } from '../platform/alternating-users.ts';
import type { DatabaseAccess, DatabaseUser, SqlSession } from '../platform/database.ts';
import { nothingToRollBackTo, oldPasswordAccepted, rotationFailed } from '../platform/secret-failures.ts';
import type {
  ConsumerCheck,
  OldLogin,
  RotateRequest,
  RotationResult,
  RotationStrategy,
  SecretValue,
} from '../platform/secrets.ts';
import { assert } from '../std/assert.ts';
import type { Clock } from '../std/clock.ts';
import { pause } from '../std/deadline.ts';
import { Failure, messageOf } from '../std/failure.ts';
import { setLogins } from './database-logins.ts';
import { type StepDeps, StepError, step, stepOf } from './rotation-step.ts';
import { checkConsumers, consumersOf } from './secret-consumers.ts';
import {
  currentVersion,
  formerLogin,
  isUnfinished,
  loginsOf,
  type VersionWithPassword,
  versionWith,
  withCurrent,
  withoutPending,
  withPending,
  withSettled,
} from './secret-versions.ts';
import { rotationNotRestored } from './secrets-errors.ts';
import { newPassword, replaceStoredSecret, type StoredSecret } from './secrets-file.ts';
import { openSqlSession } from './sql-session.ts';

/** How long whoever has read the old value may take to log in with it after the new one became current. */
export const READER_GRACE_MS = 2_000;

export interface RotationDeps extends StepDeps {
  readonly secretsFolder: string;
  readonly strategy: RotationStrategy;
  /** Logged in, and independent of the password that is changed. */
  readonly admin: SqlSession;
  /** How somebody logs in with this user and password. */
  readonly accessWith: (login: SecretValue) => DatabaseAccess;
  readonly clock: Clock;
  /** @default READER_GRACE_MS */
  readonly graceMs?: number;
}

/** A rotation that is under way. */
interface Rotating {
  readonly name: DatabaseUser;
  /** The secret before it began. */
  readonly before: StoredSecret;
  readonly target: VersionWithPassword;
  readonly signal: AbortSignal | undefined;
}

/**
 * The four steps of a rotation: create, set, test, finish; then every consumer logs in, and what the user of the new
 * version had before is taken away and shown to be refused. From `set` to the end the database takes both, and one
 * rename makes the new version current, so whoever reads the current value can log in with it, wherever this process
 * is killed.
 */
export async function rotateSecret(
  input: { readonly request: RotateRequest; readonly stored: StoredSecret },
  deps: RotationDeps,
): Promise<RotationResult> {
  const { request, stored } = input;
  const before = await recoverSecret(stored, deps);
  const target = targetOf(request, before, deps);
  const rotating: Rotating = { name: before.name, before, target, signal: request.signal };
  await preflight(rotating, deps);
  let consumers: ConsumerCheck[];
  let now: StoredSecret;
  try {
    const pending = await prepare(rotating, deps);
    now = withCurrent(pending, target.id, isoNow(deps));
    await step(deps, 'finish', `Making version ${target.id} current`, async () => {
      await replaceStoredSecret(deps.secretsFolder, now);
      return `Version ${target.id} is AWSCURRENT`;
    });
    consumers = await verify(rotating, deps);
  } catch (error) {
    return await restore(rotating, error, deps);
  }
  const refused = await retire(rotating, now, deps).catch((error) => {
    // The new password is current and works; the next rotation takes the old one away.
    throw error instanceof StepError ? error.cause : error;
  });
  return {
    secret: before.name,
    fromVersion: currentVersion(before).id,
    toVersion: target.id,
    consumers,
    oldPassword: isKept(rotating) ? 'kept' : 'refused',
    kept: isKept(rotating) ? { username: before.username, version: currentVersion(before).id } : null,
    refused,
  };
}

/** Finishes or undoes what a rotation that was cut off left behind. Gives the secret as it is then. */
export async function recoverSecret(stored: StoredSecret, deps: RotationDeps): Promise<StoredSecret> {
  const isRefused = (await tryLogin(stored, deps)) === 'refused';
  if (!isUnfinished(stored) && !isRefused) return stored;
  deps.say('recover', 'started', 'Tidying up after a rotation that was cut off');
  const steady = withSettled(withoutPending(stored));
  await applyLogins(steady, deps);
  await replaceStoredSecret(deps.secretsFolder, steady);
  const what = isRefused ? 'takes the current password again' : 'takes the current password only';
  deps.say('recover', 'done', `The database ${what}`);
  return steady;
}

function targetOf(request: RotateRequest, stored: StoredSecret, deps: RotationDeps): VersionWithPassword {
  if (request.to === 'new') {
    const id = randomUUID().slice(0, 8);
    const takesTurns = deps.strategy === 'alternating-users' && stored.name !== 'admin';
    const username = takesTurns ? otherUser(stored.username) : stored.name;
    return { id, createdAt: isoNow(deps), labels: [], username, password: newPassword() };
  }
  const previous = versionWith(stored, 'AWSPREVIOUS');
  if (previous?.password === undefined) throw nothingToRollBackTo({ name: request.name });
  return { ...previous, password: previous.password };
}

/** Whether the login from before stays: it is another user's. */
function isKept({ before, target }: Rotating): boolean {
  return before.username !== target.username;
}

async function preflight({ name, signal }: Rotating, deps: RotationDeps): Promise<void> {
  signal?.throwIfAborted();
  const { rows } = await deps.admin.query(
    'SELECT COUNT(*) FROM information_schema.processlist WHERE user IN (?, ?) AND id <> CONNECTION_ID()',
    [name, otherUser(name)],
  );
  const open = Number(rows[0]?.[0] ?? 0);
  const sessions = open === 0 ? 'nobody is logged in now' : `${open} open, which stay open`;
  deps.say('preflight', 'done', `Used by ${consumersOf(name).join(', ')}; sessions: ${sessions}`);
}

/** Create, set and test: everything before clients notice. */
async function prepare(rotating: Rotating, deps: RotationDeps): Promise<StoredSecret> {
  const { before, target, signal } = rotating;
  const pending = withPending(before, target);
  const who = isKept(rotating) ? target.username : 'the database';
  await step(deps, 'create', `Keeping version ${target.id} as AWSPENDING`, async () => {
    signal?.throwIfAborted();
    await replaceStoredSecret(deps.secretsFolder, pending);
    return `Version ${target.id} is AWSPENDING`;
  });
  const beside = formerLogin(before, target) === undefined ? '' : ' beside the old one';
  await step(deps, 'set', `Giving ${who} the new password${beside}`, async () => {
    signal?.throwIfAborted();
    await applyLogins(pending, deps);
    return isKept(rotating)
      ? `${who} has the rights of ${before.username}`
      : 'The database takes both passwords';
  });
  await step(deps, 'test', 'Logging in with the new password', async () => {
    signal?.throwIfAborted();
    await requireAll(rotating, deps);
    return 'The new password works on every path';
  });
  return pending;
}

async function verify(rotating: Rotating, deps: RotationDeps): Promise<ConsumerCheck[]> {
  let checks: ConsumerCheck[] = [];
  await step(deps, 'verify', 'Logging in as every consumer', async () => {
    checks = await requireAll(rotating, deps);
    return `${checks.length} of ${checks.length} consumers logged in`;
  });
  return checks;
}

/** Takes away what the user of the new version had before, and asks the database. */
async function retire(rotating: Rotating, now: StoredSecret, deps: RotationDeps): Promise<OldLogin | null> {
  const { name, before } = rotating;
  const gone = formerLogin(before, rotating.target);
  let refused: OldLogin | null = null;
  const doing = isKept(rotating)
    ? 'Asking the database about the logins from before'
    : 'Waiting for whoever has just read the old value';
  await step(deps, 'retire', doing, async () => {
    // Not cut short by Ctrl-C: it is short, and what it protects is other people's logins.
    if (!isKept(rotating)) await pause(deps.graceMs ?? READER_GRACE_MS);
    await applyLogins(now, deps);
    if (gone !== undefined) {
      if ((await tryLogin(gone, deps)) !== 'refused') throw oldPasswordAccepted({ name });
      refused = { username: gone.username, version: gone.id };
    }
    const isTaken = (await tryLogin(before, deps)) === 'accepted';
    assert(isTaken === isKept(rotating), 'the login from before is kept where two users take turns only');
    await replaceStoredSecret(deps.secretsFolder, withSettled(now));
    return [
      ...(isKept(rotating) ? [`the login of ${before.username} works until the next rotation`] : []),
      ...(gone === undefined ? [] : [`the old password of ${gone.username} is refused`]),
    ]
      .join('; ')
      .replace(/^t/, 'T');
  });
  return refused;
}

/** Puts back the password that worked, in the database and in the file, and says in what state everybody is. */
async function restore({ name, before }: Rotating, error: unknown, deps: RotationDeps): Promise<never> {
  deps.say('restore', 'started', 'Putting the old password back');
  try {
    // The file first: until the next statement the database takes both.
    await replaceStoredSecret(deps.secretsFolder, before);
    await applyLogins(before, deps);
  } catch (failed) {
    throw rotationNotRestored({ name, words: messageOf(failed), cause: error });
  }
  const consumers = await checkConsumers(name, deps.accessWith(before));
  deps.say('restore', 'done', 'The old password is the current one');
  const cause = error instanceof StepError ? error.cause : error;
  if (cause instanceof Failure && cause.kind === 'interrupted') throw cause;
  const words = messageOf(cause);
  throw rotationFailed({ name, step: stepOf(error), words, consumers, cause });
}

/** Has the database take what the file's labels say, and nothing else. */
async function applyLogins(secret: StoredSecret, { admin }: RotationDeps): Promise<void> {
  const { name, username: like } = secret;
  await setLogins({ name, like, logins: loginsOf(secret) }, { admin });
}

/** Whether the server lets somebody in. Anything but its refusal is thrown. */
async function tryLogin(login: SecretValue, deps: RotationDeps): Promise<'accepted' | 'refused'> {
  try {
    await using _session = await openSqlSession(deps.accessWith(login));
    return 'accepted';
  } catch (error) {
    if (error instanceof Failure && error.code === 'database-login-refused') return 'refused';
    throw error;
  }
}

async function requireAll({ name, target }: Rotating, deps: RotationDeps): Promise<ConsumerCheck[]> {
  const checks = await checkConsumers(name, deps.accessWith(target));
  const bad = checks.find(({ outcome }) => outcome === 'failed');
  if (bad !== undefined) throw new Error(`${bad.consumer} could not log in (${bad.detail})`);
  return checks;
}

function isoNow(deps: RotationDeps): string {
  return new Date(deps.clock.now()).toISOString();
}
