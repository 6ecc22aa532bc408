import { randomUUID } from 'node:crypto';
import type { DatabaseAccess, DatabaseUser, SqlSession } from '../platform/database.ts';
import { nothingToRollBackTo, oldPasswordAccepted, rotationFailed } from '../platform/secret-failures.ts';
import type { ConsumerCheck, RotateRequest, RotationResult, RotationStep } from '../platform/secrets.ts';
import { assert } from '../std/assert.ts';
import type { Clock } from '../std/clock.ts';
import { pause } from '../std/deadline.ts';
import { Failure, messageOf } from '../std/failure.ts';
import { setPasswords } from './database-passwords.ts';
import { checkConsumers, consumersOf } from './secret-consumers.ts';
import {
  currentVersion,
  isUnfinished,
  versionWith,
  withCurrent,
  withoutPending,
  withPending,
  withPreviousRetired,
} from './secret-versions.ts';
import { rotationNotRestored } from './secrets-errors.ts';
import {
  findStoredSecret,
  newPassword,
  replaceStoredSecret,
  type StoredSecret,
  type StoredVersion,
} from './secrets-file.ts';
import { openSqlSession } from './sql-session.ts';

/** How long whoever has read the old value may take to log in with it after the new one became current. */
export const READER_GRACE_MS = 2_000;

export interface RotationDeps {
  readonly secretsFolder: string;
  /** Logged in, and independent of the password that is changed. */
  readonly admin: SqlSession;
  /** How a user logs in with this password. */
  readonly accessWith: (user: DatabaseUser, password: string) => DatabaseAccess;
  readonly clock: Clock;
  readonly say: (step: RotationStep, state: 'started' | 'done' | 'note', message: string) => void;
  /** @default READER_GRACE_MS */
  readonly graceMs?: number;
  /** Called when a step has been done; for whoever wants to end the process there. */
  readonly afterStep?: (step: RotationStep) => Promise<void> | void;
}

type Rotating = { readonly user: DatabaseUser; readonly signal?: AbortSignal };

/**
 * The four steps of a rotation: create, set, test, finish; then every consumer logs in, and the old password is taken
 * away and shown to be refused. From `set` to the end the database takes both passwords, and one rename makes the
 * new one current, so whoever reads the current value can log in with it, wherever this process is killed.
 */
export async function rotateSecret(
  input: { readonly request: RotateRequest; readonly stored: StoredSecret; readonly user: DatabaseUser },
  deps: RotationDeps,
): Promise<RotationResult> {
  const { request, user } = input;
  const rotating = { user, ...(request.signal === undefined ? {} : { signal: request.signal }) };
  const before = await recoverSecret({ user, stored: input.stored }, deps);
  const target = targetOf(request, before, deps);
  await preflight(rotating, deps);
  const old = currentVersion(before);
  let consumers: ConsumerCheck[];
  try {
    const pending = await prepare(rotating, { before, target }, deps);
    const now = withCurrent(pending, target.id, isoNow(deps));
    await step(deps, 'finish', `Making version ${target.id} current`, async () => {
      await replaceStoredSecret(deps.secretsFolder, now);
      return `Version ${target.id} is AWSCURRENT`;
    });
    consumers = await verify(rotating, target.password, deps);
  } catch (error) {
    return await restore({ user, before, step: stepOf(error), error }, deps);
  }
  await retire({ user, current: target.password, old: old.password }, deps).catch((error) => {
    // The new password is current and works; the next rotation takes the old one away.
    throw error instanceof StepError ? error.cause : error;
  });
  return {
    secret: user,
    fromVersion: old.id,
    toVersion: target.id,
    consumers,
    oldPassword: 'refused',
  };
}

/** Finishes or undoes what a rotation that was cut off left behind. Gives the secret as it is then. */
export async function recoverSecret(
  input: { readonly user: DatabaseUser; readonly stored: StoredSecret },
  deps: RotationDeps,
): Promise<StoredSecret> {
  const { user, stored } = input;
  const isRefused = (await tryLogin(user, stored.password, deps)) === 'refused';
  if (!isUnfinished(stored) && !isRefused) return stored;
  deps.say('recover', 'started', 'Tidying up after a rotation that was cut off');
  await setPasswords({ username: stored.username, passwords: [stored.password] }, deps);
  const steady = withPreviousRetired(withoutPending(stored));
  await replaceStoredSecret(deps.secretsFolder, steady);
  const what = isRefused ? 'takes the current password again' : 'takes the current password only';
  deps.say('recover', 'done', `The database ${what}`);
  return steady;
}

type Target = StoredVersion & { readonly password: string };

function targetOf(request: RotateRequest, stored: StoredSecret, deps: RotationDeps): Target {
  if (request.to === 'new') {
    const id = randomUUID().slice(0, 8);
    return { id, createdAt: isoNow(deps), labels: [], password: newPassword() };
  }
  const previous = versionWith(stored, 'AWSPREVIOUS');
  if (previous?.password === undefined) throw nothingToRollBackTo({ name: request.name });
  return { ...previous, password: previous.password };
}

async function preflight({ user, signal }: Rotating, deps: RotationDeps): Promise<void> {
  signal?.throwIfAborted();
  const { rows } = await deps.admin.query(
    'SELECT COUNT(*) FROM information_schema.processlist WHERE user = ? AND id <> CONNECTION_ID()',
    [user],
  );
  const open = Number(rows[0]?.[0] ?? 0);
  const sessions = open === 0 ? 'nobody is logged in now' : `${open} open, which stay open`;
  deps.say('preflight', 'done', `Used by ${consumersOf(user).join(', ')}; sessions: ${sessions}`);
}

/** Create, set and test: everything before clients notice. */
async function prepare(
  rotating: Rotating,
  input: { readonly before: StoredSecret; readonly target: Target },
  deps: RotationDeps,
): Promise<StoredSecret> {
  const { user, signal } = rotating;
  const { before, target } = input;
  const pending = withPending(before, target);
  await step(deps, 'create', `Keeping version ${target.id} as AWSPENDING`, async () => {
    signal?.throwIfAborted();
    await replaceStoredSecret(deps.secretsFolder, pending);
    return `Version ${target.id} is AWSPENDING`;
  });
  await step(deps, 'set', 'Giving the database the new password beside the old one', async () => {
    signal?.throwIfAborted();
    const passwords = [target.password, before.password];
    await setPasswords({ username: before.username, passwords }, deps);
    return 'The database takes both passwords';
  });
  await step(deps, 'test', 'Logging in with the new password', async () => {
    signal?.throwIfAborted();
    await requireAll(user, target.password, deps);
    return 'The new password works on every path';
  });
  return pending;
}

async function verify(rotating: Rotating, password: string, deps: RotationDeps): Promise<ConsumerCheck[]> {
  let checks: ConsumerCheck[] = [];
  await step(deps, 'verify', 'Logging in as every consumer', async () => {
    checks = await requireAll(rotating.user, password, deps);
    return `${checks.length} of ${checks.length} consumers logged in`;
  });
  return checks;
}

async function retire(
  input: { readonly user: DatabaseUser; readonly current: string; readonly old: string },
  deps: RotationDeps,
): Promise<void> {
  const { user, current, old } = input;
  await step(deps, 'retire', 'Waiting for whoever has just read the old value', async () => {
    // Not cut short by Ctrl-C: it is short, and what it protects is other people's logins.
    await pause(deps.graceMs ?? READER_GRACE_MS);
    await setPasswords({ username: user, passwords: [current] }, deps);
    if ((await tryLogin(user, old, deps)) !== 'refused') throw oldPasswordAccepted({ name: user });
    const stored = await findStoredSecret(deps.secretsFolder, user);
    assert(stored !== undefined, 'the secret that is rotated is there');
    await replaceStoredSecret(deps.secretsFolder, withPreviousRetired(stored));
    return 'The old password is refused';
  });
}

/** Puts back the password that worked, in the database and in the file, and says in what state everybody is. */
async function restore(
  input: {
    readonly user: DatabaseUser;
    readonly before: StoredSecret;
    readonly step: string;
    readonly error: unknown;
  },
  deps: RotationDeps,
): Promise<never> {
  const { user, before, error } = input;
  deps.say('restore', 'started', 'Putting the old password back');
  try {
    // The file first: until the next statement the database takes both.
    await replaceStoredSecret(deps.secretsFolder, before);
    await setPasswords({ username: before.username, passwords: [before.password] }, deps);
  } catch (failed) {
    throw rotationNotRestored({ name: user, words: messageOf(failed), cause: error });
  }
  const consumers = await checkConsumers(user, deps.accessWith(user, before.password));
  deps.say('restore', 'done', 'The old password is the current one');
  const cause = error instanceof StepError ? error.cause : error;
  if (cause instanceof Failure && cause.kind === 'interrupted') throw cause;
  const words = messageOf(cause);
  throw rotationFailed({ name: user, step: input.step, words, consumers, cause });
}

/** Whether the server lets the user in. Anything but its refusal is thrown. */
async function tryLogin(
  user: DatabaseUser,
  password: string,
  deps: RotationDeps,
): Promise<'accepted' | 'refused'> {
  try {
    await using _session = await openSqlSession(deps.accessWith(user, password));
    return 'accepted';
  } catch (error) {
    if (error instanceof Failure && error.code === 'database-login-refused') return 'refused';
    throw error;
  }
}

async function requireAll(
  user: DatabaseUser,
  password: string,
  deps: RotationDeps,
): Promise<ConsumerCheck[]> {
  const checks = await checkConsumers(user, deps.accessWith(user, password));
  const bad = checks.find(({ outcome }) => outcome === 'failed');
  if (bad !== undefined) throw new Error(`${bad.consumer} could not log in (${bad.detail})`);
  return checks;
}

/** Remembers in which step something was thrown. */
class StepError extends Error {
  readonly step: RotationStep;
  constructor(step: RotationStep, cause: unknown) {
    super(messageOf(cause), { cause });
    this.step = step;
  }
}

async function step(
  deps: RotationDeps,
  name: RotationStep,
  message: string,
  work: () => Promise<string>,
): Promise<void> {
  deps.say(name, 'started', message);
  let done: string;
  try {
    done = await work();
  } catch (error) {
    throw new StepError(name, error);
  }
  deps.say(name, 'done', done);
  await deps.afterStep?.(name);
}

function stepOf(error: unknown): string {
  return error instanceof StepError ? error.step : 'finish';
}

function isoNow(deps: RotationDeps): string {
  return new Date(deps.clock.now()).toISOString();
}
