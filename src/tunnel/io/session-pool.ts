/**
 * Several sessions behind one port. One session carries about 0.65 MB/s down, whatever the network, because
 * the agent sleeps after every KiB; so connections are spread over several. A session that ends is
 * replaced; one whose dials fail is retired, because its agent looked the target's name up once and for all.
 */

import { backoffMs } from '../../std/backoff.ts';
import { Failure } from '../../std/failure.ts';
import { noSessionReady } from '../errors.ts';
import type { SessionCounters } from '../session-events.ts';
import type { SessionLimits } from '../session-limits.ts';
import { PAYLOAD_BYTES_SAFE } from '../session-limits.ts';
import type { LiveSessionEvent, SessionSource } from './live-session.ts';
import { LiveSession } from './live-session.ts';
import type { SessionStream } from './session-stream.ts';

export interface PoolInput {
  readonly target: string;
  readonly sessions: number;
  readonly limits: SessionLimits;
}

export interface PoolDeps {
  readonly source: SessionSource;
  readonly now: () => number;
  readonly notify: (event: PoolEvent) => void;
}

export type PoolEvent =
  | (LiveSessionEvent & { readonly slot: number })
  | { readonly kind: 'replacing'; readonly slot: number; readonly why: string }
  | { readonly kind: 'start-failed'; readonly slot: number; readonly failure: Failure };

export interface PoolState {
  readonly ready: number;
  /** A session waits for the operator: credentials are over. */
  readonly needsSignIn: boolean;
  readonly streams: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly roundTripMs: number;
  readonly resends: number;
  readonly channels: number;
}

interface Slot {
  readonly index: number;
  session: LiveSession | undefined;
  failures: number;
  needsSignIn: boolean;
  rolledAtMs: number;
  timer: NodeJS.Timeout | undefined;
}

const RESTART_BACKOFF = { firstMs: 500, mostMs: 30_000, factor: 2 };
/** How long a new connection waits for a session: a reconnect or a sign-in may be under way. */
const READY_MS_MAX = 60_000;
/** A session is not replaced again for failed dials before this: the target may simply be down. */
const ROLL_AGAIN_MS = 30_000;

export class SessionPool {
  private readonly input: PoolInput;
  private readonly deps: PoolDeps;
  private readonly slots: Slot[];
  private readonly retired = new Set<LiveSession>();
  private readonly waiters = new Set<() => void>();
  private readonly past = { sentBytes: 0, receivedBytes: 0, resends: 0, channels: 0 };
  private payloadBytesMax: number;
  private closing = false;

  constructor(input: PoolInput, deps: PoolDeps) {
    this.input = input;
    this.deps = deps;
    this.payloadBytesMax = input.limits.payloadBytesMax;
    this.slots = Array.from({ length: input.sessions }, (_, index) => ({
      index,
      session: undefined,
      failures: 0,
      needsSignIn: false,
      rolledAtMs: -Infinity,
      timer: undefined,
    }));
  }

  /** Starts the first session and waits for it; what fails then is the operator's to see. The others follow. */
  async open(): Promise<void> {
    const [first, ...others] = this.slots as [Slot, ...Slot[]];
    await this.start(first);
    await first.session?.ready;
    for (const slot of others) void this.startAgain(slot);
  }

  /** A stream on the session with the fewest. Waits for one while all are away. */
  async openStream(): Promise<{ readonly stream: SessionStream; readonly session: LiveSession }> {
    const session = this.leastBusy() ?? (await this.nextReady());
    return { stream: session.openStream(), session };
  }

  /** A dial of this session failed: new connections go over a new one, which looks the target up again. */
  retire(session: LiveSession, why: string): void {
    const slot = this.slots.find((one) => one.session === session);
    if (slot === undefined || this.closing) return;
    if (this.deps.now() - slot.rolledAtMs < ROLL_AGAIN_MS) return;
    slot.rolledAtMs = this.deps.now();
    slot.session = undefined;
    this.retired.add(session);
    this.deps.notify({ kind: 'replacing', slot: slot.index, why });
    void this.startAgain(slot);
    this.endWhenIdle(session);
  }

  /** The target moved: every session is replaced. */
  retireAll(why: string): void {
    for (const { session } of this.slots) if (session !== undefined) this.retire(session, why);
  }

  state(): PoolState {
    const live = [...this.retired, ...this.slots.flatMap(({ session }) => session ?? [])];
    const counters = live.map((session) => session.counters());
    const sum = (pick: (one: SessionCounters) => number) => counters.reduce((all, one) => all + pick(one), 0);
    return {
      ready: this.slots.filter(({ session }) => session?.canOpenStream && session.isConnected).length,
      needsSignIn: this.slots.some((slot) => slot.needsSignIn),
      streams: sum((one) => one.streams),
      sentBytes: this.past.sentBytes + sum((one) => one.sentBytes),
      receivedBytes: this.past.receivedBytes + sum((one) => one.receivedBytes),
      roundTripMs: counters.length === 0 ? 0 : Math.min(...counters.map((one) => one.roundTripMs)),
      resends: this.past.resends + sum((one) => one.resends),
      channels: this.past.channels + sum((one) => one.channels),
    };
  }

  /** Ends every session, here and on the service. */
  async close(): Promise<void> {
    this.closing = true;
    for (const slot of this.slots) clearTimeout(slot.timer);
    const all = [...this.retired, ...this.slots.flatMap(({ session }) => session ?? [])];
    await Promise.all(all.map((session) => session.end()));
    this.wake();
  }

  private leastBusy(): LiveSession | undefined {
    let best: LiveSession | undefined;
    let fewest = Infinity;
    for (const { session } of this.slots) {
      if (session === undefined || !session.canOpenStream) continue;
      // One that is reconnecting is taken only when there is no other.
      const load = session.counters().streams + (session.isConnected ? 0 : 1_000_000);
      if (load >= fewest) continue;
      best = session;
      fewest = load;
    }
    return best;
  }

  private async nextReady(): Promise<LiveSession> {
    const endMs = performance.now() + READY_MS_MAX;
    for (;;) {
      const leftMs = endMs - performance.now();
      if (leftMs <= 0 || this.closing) throw noSessionReady(this.input.target, READY_MS_MAX / 1_000);
      await this.change(leftMs);
      const session = this.leastBusy();
      if (session !== undefined) return session;
    }
  }

  private change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.waiters.add(done);
    });
  }

  private wake(): void {
    for (const waiter of [...this.waiters]) waiter();
  }

  private async start(slot: Slot): Promise<void> {
    const { source, now } = this.deps;
    const grant = await source.start();
    const limits = { ...this.input.limits, payloadBytesMax: this.payloadBytesMax };
    const session: LiveSession = new LiveSession(
      { grant, target: this.input.target, limits },
      { source, now, notify: (event) => this.hear(slot, session, event) },
    );
    slot.session = session;
    if (this.closing) await session.end();
  }

  /** Starts until it works: the port stays, whatever happens behind it. */
  private async startAgain(slot: Slot): Promise<void> {
    if (this.closing) return;
    try {
      await this.start(slot);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === 'not-signed-in') this.askForSignIn(slot, error);
      else this.deps.notify({ kind: 'start-failed', slot: slot.index, failure: error });
      this.startLater(slot);
    }
  }

  private startLater(slot: Slot): void {
    const waitMs = backoffMs(slot.failures, RESTART_BACKOFF, Math.random());
    slot.failures += 1;
    slot.timer = setTimeout(() => void this.startAgain(slot), waitMs);
  }

  private hear(slot: Slot, session: LiveSession, event: LiveSessionEvent): void {
    if (event.kind === 'needs-sign-in') {
      this.askForSignIn(slot, event.failure);
      return;
    }
    if (event.kind === 'ready' || event.kind === 'reconnected') slot.needsSignIn = false;
    if (event.kind === 'ready') slot.failures = 0;
    if (event.kind === 'ended') {
      this.remember(session);
      if (event.end.code === 'message-too-large') this.payloadBytesMax = PAYLOAD_BYTES_SAFE;
      const wasInUse = slot.session === session;
      if (wasInUse) slot.session = undefined;
      this.retired.delete(session);
      if (wasInUse && !this.closing && event.end.code !== 'closed-here') {
        // The service may still have it; ending it there leaves nothing behind.
        void this.deps.source.terminate(session.sessionId).catch(() => {});
        this.startLater(slot);
      }
    }
    this.deps.notify({ ...event, slot: slot.index });
    this.wake();
  }

  /** Once, however often it is tried again meanwhile. */
  private askForSignIn(slot: Slot, failure: Failure): void {
    if (slot.needsSignIn) return;
    slot.needsSignIn = true;
    this.deps.notify({ kind: 'needs-sign-in', slot: slot.index, failure });
  }

  private remember(session: LiveSession): void {
    const counters = session.counters();
    this.past.sentBytes += counters.sentBytes;
    this.past.receivedBytes += counters.receivedBytes;
    this.past.resends += counters.resends;
    this.past.channels += counters.channels;
  }

  private endWhenIdle(session: LiveSession): void {
    if (session.counters().streams === 0) {
      void session.end();
      return;
    }
    const timer = setTimeout(() => {
      if (this.retired.has(session)) this.endWhenIdle(session);
    }, 1_000);
    timer.unref();
  }
}
