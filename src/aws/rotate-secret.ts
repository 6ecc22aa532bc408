/** Rotating a secret of Secrets Manager, going back to the version before, and tidying up after either. */
import { randomUUID } from 'node:crypto';
import { nothingToRollBackTo, oldPasswordAccepted, rotationFailed } from '../platform/secret-failures.ts';
import type {
  ConsumerCheck,
  RotateRequest,
  RotationResult,
  SecretValue,
  SecretVersion,
} from '../platform/secrets.ts';
import { pause } from '../std/deadline.ts';
import { Failure, messageOf } from '../std/failure.ts';
import { type LoginPath, tryLogin } from './login-path.ts';
import { ensureTaken, findPrevious, makeCurrent, restorePassword } from './restore-password.ts';
import { type AwsConsumer, checkConsumers, compareChecks } from './secret-consumers.ts';
import type { SecretStore } from './secret-store.ts';
import { rotationNotRestored, secretUnset } from './secrets-errors.ts';
import { FunctionFailed, isPending, type WatchRotationDeps, watchRotation } from './watch-rotation.ts';

export interface RotationDeps extends WatchRotationDeps {
  readonly store: SecretStore;
  /** To the writer: where passwords are tried and set back. */
  readonly path: LoginPath;
  readonly consumers: readonly AwsConsumer[];
  /** How many tunnels are open; undefined when that cannot be told. */
  readonly countTunnels: () => Promise<number | undefined>;
}

/** A version that clients read, or read before. */
interface Known {
  readonly id: string;
  readonly value: SecretValue;
}

interface Changed {
  readonly before: Known;
  readonly after: Known;
  /** What was AWSPREVIOUS before the change. */
  readonly former: Known | undefined;
}

/** Rotates, proves it, and puts the old password back when anything fails on the way. */
export async function rotateSecret(request: RotateRequest, deps: RotationDeps): Promise<RotationResult> {
  const { name, signal } = request;
  const { before } = await recoverSecret(name, deps);
  const former = await findPrevious(await deps.store.versions(), deps);
  const checked = await preflight(before.value, signal, deps);
  let step = 'create';
  try {
    const after =
      request.to === 'new'
        ? await rotateByFunction(request, deps)
        : await goBack(request, (doing) => (step = doing), deps);
    step = 'verify';
    const consumers = await verify(after, checked, deps);
    const ended = await askAboutOldLogins(name, { before, after, former }, deps);
    return {
      secret: name,
      fromVersion: before.id,
      toVersion: after.id,
      consumers,
      ...ended,
    };
  } catch (error) {
    if (error instanceof NothingChanged) throw error.cause;
    if (error instanceof Failure && error.code === 'old-password-accepted') throw error;
    return await restore(
      { name, before, error, step: error instanceof FunctionFailed ? error.step : step },
      deps,
    );
  }
}

/**
 * Waits for a rotation that somebody began a moment ago; then, where one was cut off or the database refuses what
 * clients read, gives the database the current password again.
 */
export async function recoverSecret(
  name: string,
  deps: RotationDeps,
): Promise<{ readonly before: Known; readonly recovered: boolean }> {
  const { store, path } = deps;
  const versions = await waitForOthers(deps);
  const current = versions.find(({ labels }) => labels.includes('AWSCURRENT'));
  const value = await store.findValue({ label: 'AWSCURRENT' });
  if (current === undefined || value === undefined) throw secretUnset({ name });
  const before = { id: current.id, value };
  const isRefused = (await tryLogin(path, value)) === 'refused';
  if (!isPending(versions) && !isRefused) return { before, recovered: false };
  deps.say('recover', 'started', 'Tidying up after a rotation that was cut off');
  await restorePassword({ name, to: before }, deps);
  deps.say('recover', 'done', 'The database takes the current password, and nothing is pending');
  return { before, recovered: true };
}

/** The labels; once a version that is being rotated to has had its time. */
async function waitForOthers(deps: RotationDeps): Promise<SecretVersion[]> {
  const { store, now, limits } = deps;
  const end = now() + limits.totalMs;
  for (let told = false; ; told = true) {
    const versions = await store.versions();
    const pending = versions.find(({ labels }) => labels.includes('AWSPENDING'));
    const isOld = now() - Date.parse(pending?.createdAt ?? '') >= limits.totalMs;
    if (!isPending(versions) || isOld || now() >= end) return versions;
    if (!told) deps.say('recover', 'note', 'A rotation is under way; waiting for its end');
    await pause(limits.pollMs);
  }
}

async function preflight(
  value: SecretValue,
  signal: AbortSignal | undefined,
  deps: RotationDeps,
): Promise<ConsumerCheck[]> {
  const names = deps.consumers.map(({ name }) => name).join(', ');
  deps.say('preflight', 'started', `Used by ${names}; trying each as it is now`);
  const [checked, tunnels] = await Promise.all([
    checkConsumers(deps.consumers, value, 'all'),
    deps.countTunnels(),
  ]);
  signal?.throwIfAborted();
  const open = tunnels === undefined ? 'cannot be counted' : `${tunnels} open, which read it per connection`;
  deps.say('preflight', 'done', `Used by ${names}; tunnels: ${open}`);
  return checked;
}

/** Nothing has happened yet: there is nothing to put back. */
class NothingChanged extends Error {}

async function rotateByFunction({ signal }: RotateRequest, deps: RotationDeps): Promise<Known> {
  const id = randomUUID();
  const startedMs = deps.now();
  await deps.store.startRotation(id).catch((error: unknown) => {
    const isUnsure = error instanceof Failure && (error.kind === 'unreachable' || error.kind === 'temporary');
    throw isUnsure ? error : new NothingChanged('', { cause: error });
  });
  await watchRotation({ version: id, startedMs, ...(signal === undefined ? {} : { signal }) }, deps);
  return known(id, deps);
}

/**
 * The version before becomes current again, and its password the database's. It is pending meanwhile, so that whoever
 * is refused with the current one finds what to try next, and a run that is cut off leaves a trace.
 */
async function goBack(
  { name, signal }: RotateRequest,
  doing: (step: string) => void,
  deps: RotationDeps,
): Promise<Known> {
  const { store, say } = deps;
  const versions = await store.versions();
  const target = await findPrevious(versions, deps);
  if (target === undefined) throw new NothingChanged('', { cause: nothingToRollBackTo({ name }) });
  signal?.throwIfAborted();
  // A rotation may have left the label on the version that it made current.
  const labelled = versions.find(({ labels }) => labels.includes('AWSPENDING'));
  await store.moveLabel('AWSPENDING', { to: target.id, ...(labelled && { from: labelled.id }) });
  say('create', 'done', `Version ${target.id} is AWSPENDING`);
  doing('set');
  await ensureTaken({ name, to: target, versions }, deps);
  say('set', 'done', 'The database takes the earlier password');
  doing('finish');
  await makeCurrent({ store, id: target.id, versions });
  await store.moveLabel('AWSPENDING', { from: target.id });
  say('finish', 'done', `Version ${target.id} is AWSCURRENT`);
  return target;
}

async function known(id: string, { store }: RotationDeps): Promise<Known> {
  const value = await store.findValue({ version: id });
  if (value === undefined) throw new Error(`version ${id} has no value`);
  return { id, value };
}

async function verify(
  after: Known,
  before: readonly ConsumerCheck[],
  deps: RotationDeps,
): Promise<ConsumerCheck[]> {
  deps.say('verify', 'started', 'Logging in on every path');
  const checks = compareChecks(before, await checkConsumers(deps.consumers, after.value, 'all'));
  const bad = checks.find(({ outcome }) => outcome === 'failed');
  if (bad !== undefined) throw new Error(`${bad.consumer} could not log in (${bad.detail})`);
  const verified = checks.filter(({ outcome }) => outcome === 'verified').length;
  deps.say('verify', 'done', `${verified} of ${checks.length} paths gone; none failed`);
  return checks;
}

/**
 * With one user the database must refuse what was current before. Where two take turns it keeps that, and must refuse
 * what the user of the new version had from his turn before.
 */
async function askAboutOldLogins(
  name: string,
  { before, after, former }: Changed,
  deps: RotationDeps,
): Promise<Pick<RotationResult, 'oldPassword' | 'kept' | 'refused'>> {
  const gone = [before, former].find(
    (one) => one?.value.username === after.value.username && one.id !== after.id,
  );
  if (gone !== undefined && (await tryLogin(deps.path, gone.value)) !== 'refused') {
    throw oldPasswordAccepted({ name });
  }
  const isKept = gone !== before && (await tryLogin(deps.path, before.value)) === 'accepted';
  const said = [
    ...(isKept ? [`the login of ${before.value.username} works until the next rotation`] : []),
    ...(gone === undefined ? [] : [`the old password of ${gone.value.username} is refused`]),
  ];
  deps.say('retire', 'done', said.join('; ').replace(/^t/, 'T'));
  return {
    oldPassword: isKept ? 'kept' : 'refused',
    kept: isKept ? { username: before.value.username, version: before.id } : null,
    refused: gone === undefined ? null : { username: gone.value.username, version: gone.id },
  };
}

/** Puts back the password that worked, in the database and as the current one, and says in what state everybody is. */
async function restore(
  input: { readonly name: string; readonly before: Known; readonly error: unknown; readonly step: string },
  deps: RotationDeps,
): Promise<never> {
  const { name, before, error, step } = input;
  deps.say('restore', 'started', 'Putting the old password back');
  try {
    await restorePassword({ name, to: before }, deps);
    // A step of the function that was under way may have come after.
    await pause(deps.limits.pollMs);
    await restorePassword({ name, to: before }, deps);
  } catch (failed) {
    throw rotationNotRestored({ name, step, words: messageOf(error), why: messageOf(failed), cause: error });
  }
  const consumers = await checkConsumers(deps.consumers, before.value, 'quick');
  deps.say('restore', 'done', 'The old password is the current one');
  if (error instanceof Failure && error.kind === 'interrupted') throw error;
  throw rotationFailed({ name, step, words: messageOf(error), consumers, cause: error });
}
