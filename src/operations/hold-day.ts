import { type DayLock, formatLock, HEARTBEAT_EVERY_MS, lockHolds, parseLock } from '../etl/day-lock.ts';
import { type HoldKind, lockKey, lockPrefix } from '../etl/lake-keys.ts';
import type { Engine } from '../platform/engine.ts';
import type { Lake } from '../platform/lake.ts';
import type { Clock } from '../std/clock.ts';
import { dayIsRunning, lockLost } from './etl-errors.ts';

export interface HoldDayDeps {
  readonly lake: Lake;
  readonly engine: Pick<Engine, 'owner' | 'isGone'>;
  readonly clock: Clock;
}

export interface HeldDay extends AsyncDisposable {
  /** The run that held the day and died, when there was one. */
  readonly recoveredRunId: string | undefined;
  /** The run of the job that the lock names. Setting it makes the lock name it when it is given back. */
  jobRun: string | undefined;
  /** Throws a Failure when another run has taken the day over meanwhile. */
  assertHeld(): Promise<void>;
}

export interface HoldDayInput {
  readonly date: string;
  readonly runId: string;
  /** @default 'locks' */
  readonly kind?: HoldKind;
}

/** Takes a day's lock for one run, over a dead owner's if need be. Throws a Failure when a live run holds it. */
export async function holdDay(
  { date, runId, kind = 'locks' }: HoldDayInput,
  deps: HoldDayDeps,
): Promise<HeldDay> {
  for (;;) {
    const before = await newestLock({ date, kind }, deps.lake);
    const lives = before?.lock !== undefined && (await isHeld(before.lock, deps));
    if (lives) throw dayIsRunning(date, before?.lock?.runId ?? 'unknown');
    const generation = (before?.generation ?? 0) + 1;
    const key = lockKey({ day: date, generation, kind });
    const jobRun = before?.lock?.jobRun;
    const lock: DayLock = {
      runId,
      owner: deps.engine.owner,
      heartbeatMs: deps.clock.now(),
      released: false,
      ...(jobRun === undefined ? {} : { jobRun }),
    };
    // Somebody may have been faster: look again at what is there now.
    if (!(await deps.lake.writeIfAbsent(key, formatLock(lock)))) continue;
    if (before !== undefined) await deps.lake.delete(before.keys);
    const died = before?.lock?.released === false ? before.lock.runId : undefined;
    return heldDay({ date, kind, key, generation, lock, died }, deps);
  }
}

/** The run that holds a day just now, if one that lives does. */
export async function runningRun(date: string, deps: HoldDayDeps): Promise<string | undefined> {
  const lock = (await newestLock({ date, kind: 'locks' }, deps.lake))?.lock;
  return lock !== undefined && (await isHeld(lock, deps)) ? lock.runId : undefined;
}

interface FoundLock {
  readonly lock: DayLock | undefined;
  readonly generation: number;
  readonly keys: readonly string[];
}

async function newestLock(
  { date, kind }: { readonly date: string; readonly kind: HoldKind },
  lake: Lake,
): Promise<FoundLock | undefined> {
  const keys = (await lake.list(lockPrefix(date, kind))).map((object) => object.key);
  const key = keys.at(-1);
  const generation = Number(/(\d+)\.json$/.exec(key ?? '')?.[1] ?? 0);
  if (key === undefined || generation === 0) return undefined;
  const bytes = await lake.read(key);
  // Gone between listing and reading: its owner has released it and the next has come.
  return { lock: bytes === undefined ? undefined : parseLock(bytes), generation, keys };
}

async function isHeld(lock: DayLock, deps: HoldDayDeps): Promise<boolean> {
  return lockHolds(lock, { ms: deps.clock.now(), ownerGone: await deps.engine.isGone(lock.owner) });
}

function heldDay(
  held: {
    readonly date: string;
    readonly kind: HoldKind;
    readonly key: string;
    readonly generation: number;
    readonly lock: DayLock;
    readonly died: string | undefined;
  },
  { lake, clock }: HoldDayDeps,
): HeldDay {
  const { date, key } = held;
  let { lock } = held;
  const isNewest = async (): Promise<boolean> =>
    (await newestLock(held, lake))?.generation === held.generation;
  let beating: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    beating = isNewest()
      .then((newest) =>
        newest ? lake.write(key, formatLock({ ...lock, heartbeatMs: clock.now() })) : undefined,
      )
      .catch(() => {}); // A missed beat is no failure: others wait for many before they take over.
  }, HEARTBEAT_EVERY_MS);
  timer.unref();
  return {
    recoveredRunId: held.died,
    get jobRun() {
      return lock.jobRun;
    },
    set jobRun(id) {
      lock = { ...lock, ...(id === undefined ? {} : { jobRun: id }) };
    },
    async assertHeld() {
      if (!(await isNewest())) throw lockLost(date, lock.runId);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await beating;
      if (await isNewest()) await lake.write(key, formatLock({ ...lock, released: true }));
    },
  };
}
