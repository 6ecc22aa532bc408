/** Waiting for the function of Secrets Manager to be done with a rotation, or to have failed. */
import type { RotationEvent, SecretVersion } from '../platform/secrets.ts';
import { pause } from '../std/deadline.ts';
import { Failure } from '../std/failure.ts';
import type { FunctionStep, RotationLogLine } from './rotation-log.ts';
import type { SecretStore } from './secret-store.ts';

export interface RotationLimits {
  /** How long a rotation may take in all, in milliseconds. */
  readonly totalMs: number;
  /** After an error of the function, how long another try of Secrets Manager is waited for, in milliseconds. */
  readonly retryMs: number;
  readonly pollMs: number;
}

/** Most rotations end within one minute; the function itself is stopped after 30 s. */
export const ROTATION_LIMITS: RotationLimits = { totalMs: 300_000, retryMs: 20_000, pollMs: 2_000 };

export interface WatchRotationDeps {
  readonly store: Pick<SecretStore, 'versions'>;
  readonly readLog: (sinceMs: number) => Promise<readonly RotationLogLine[] | undefined>;
  readonly say: (step: RotationEvent['step'], state: RotationEvent['state'], message: string) => void;
  readonly now: () => number;
  readonly limits: RotationLimits;
}

/** The function failed, or never ended. `step` is the furthest that is known. */
export class FunctionFailed extends Error {
  readonly step: FunctionStep;
  constructor(step: FunctionStep, words: string) {
    super(words);
    this.step = step;
  }
}

const ORDER: readonly FunctionStep[] = ['create', 'set', 'test', 'finish'];
const DOING: Readonly<Record<FunctionStep, string>> = {
  create: 'Secrets Manager has a new version made',
  set: 'The function gives the database the new password',
  test: 'The function logs in with the new password',
  finish: 'The function makes the new version current',
};

/** Returns once `version` is the current one and nothing is pending. Throws FunctionFailed. */
export async function watchRotation(
  input: { readonly version: string; readonly startedMs: number; readonly signal?: AbortSignal },
  deps: WatchRotationDeps,
): Promise<void> {
  const { version, startedMs, signal } = input;
  const { now, limits } = deps;
  const progress = new Progress(deps);
  const seen = new Set<string>();
  let failure: { readonly step: FunctionStep; readonly words: string; readonly atMs: number } | undefined;
  progress.reached('create');
  for (;;) {
    signal?.throwIfAborted();
    const versions = await versionsOrNothing(deps);
    const made = versions?.find(({ id }) => id === version);
    if (made !== undefined) progress.reached('set');
    if (versions !== undefined && made?.labels.includes('AWSCURRENT') && !isPending(versions)) {
      return progress.end(`Version ${version} is AWSCURRENT`);
    }
    for (const line of (await deps.readLog(startedMs)) ?? []) {
      if (seen.has(line.id)) continue;
      seen.add(line.id);
      if (line.step !== undefined) progress.reached(line.step);
      if (!line.isError) continue;
      failure = { step: line.step ?? progress.step, words: line.words, atMs: now() };
      deps.say(failure.step, 'note', `The function says: ${line.words}`);
    }
    if (failure !== undefined && now() - failure.atMs >= limits.retryMs) {
      throw new FunctionFailed(failure.step, failure.words);
    }
    if (now() - startedMs >= limits.totalMs) {
      const seconds = Math.round(limits.totalMs / 1000);
      throw new FunctionFailed(progress.step, failure?.words ?? `it had not ended after ${seconds} s`);
    }
    await pause(limits.pollMs, signal);
  }
}

/** Something is pending besides what is current already. */
export function isPending(versions: readonly SecretVersion[]): boolean {
  return versions.some(({ labels }) => labels.includes('AWSPENDING') && !labels.includes('AWSCURRENT'));
}

/** Says each step once, in order, however far apart the looks were. */
class Progress {
  step: FunctionStep = 'create';
  private readonly deps: Pick<WatchRotationDeps, 'say'>;
  private started = false;

  constructor(deps: Pick<WatchRotationDeps, 'say'>) {
    this.deps = deps;
  }

  reached(step: FunctionStep): void {
    if (this.started && ORDER.indexOf(step) <= ORDER.indexOf(this.step)) return;
    this.started = true;
    this.step = step;
    this.deps.say(step, 'started', DOING[step]);
  }

  end(words: string): void {
    this.reached('finish');
    this.deps.say('finish', 'done', words);
  }
}

/** A look that was throttled or cut off is made up for by the next one. */
async function versionsOrNothing({
  store,
}: Pick<WatchRotationDeps, 'store'>): Promise<SecretVersion[] | undefined> {
  try {
    return await store.versions();
  } catch (error) {
    if (error instanceof Failure && (error.kind === 'temporary' || error.kind === 'unreachable'))
      return undefined;
    throw error;
  }
}
