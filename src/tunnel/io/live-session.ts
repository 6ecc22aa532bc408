/** A session with its socket, its timer and its streams: what the pure core needs to be alive. */
import { hash, randomUUID } from 'node:crypto';
import { Failure, messageOf } from '../../std/failure.ts';
import { sessionEnded, streamFailed } from '../errors.ts';
import { Session } from '../session.ts';
import type { SessionCounters, SessionEnd, SessionEvent } from '../session-events.ts';
import type { SessionLimits } from '../session-limits.ts';
import type { ChannelAddress, ChannelSocket } from './channel-socket.ts';
import { openChannel } from './channel-socket.ts';
import { SessionStream } from './session-stream.ts';

/** The right to one channel of one session. The token is a secret and works once. */
export interface SessionGrant {
  readonly sessionId: string;
  readonly streamUrl: string;
  readonly token: string;
}

/** Starts, resumes and ends sessions: the platform's port, narrowed to one target. */
export interface SessionSource {
  /** Where its gateway bears another rate than the limits say. */
  readonly messagesPerSecondMax?: number;
  start(): Promise<SessionGrant>;
  /** A failure with code `session-gone` means that there is nothing left to resume. */
  resume(sessionId: string): Promise<SessionGrant>;
  terminate(sessionId: string): Promise<void>;
  /** Signs the opening of a channel with the credentials of this moment. */
  address(grant: SessionGrant): Promise<ChannelAddress>;
}

export type LiveSessionEvent =
  | Extract<SessionEvent, { kind: 'ready' | 'reconnecting' | 'reconnected' | 'agent-away' | 'ended' }>
  /** Resuming waits for the operator: credentials are over. */
  | { readonly kind: 'needs-sign-in'; readonly failure: Failure }
  | { readonly kind: 'stream-failed'; readonly failure: Failure };

export interface LiveSessionInput {
  readonly grant: SessionGrant;
  /** How the target is named in messages. */
  readonly target: string;
  readonly limits: SessionLimits;
}

export interface LiveSessionDeps {
  readonly source: SessionSource;
  readonly now: () => number;
  readonly notify: (event: LiveSessionEvent) => void;
}

const TOOLS = {
  sha256: (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer'),
  newId: (): string => randomUUID(),
  random: Math.random,
};

export class LiveSession {
  readonly sessionId: string;
  private readonly input: LiveSessionInput;
  private readonly deps: LiveSessionDeps;
  private readonly core: Session;
  private readonly streams = new Map<number, SessionStream>();
  private readonly givingUp = new AbortController();
  private readonly begun = Promise.withResolvers<void>();
  private readonly over = Promise.withResolvers<void>();
  private grant: SessionGrant | undefined;
  private socket: ChannelSocket | undefined;
  private timer: NodeJS.Timeout | undefined;
  private timerAtMs = Infinity;
  private pumping = false;

  constructor(input: LiveSessionInput, deps: LiveSessionDeps) {
    this.input = input;
    this.deps = deps;
    this.grant = input.grant;
    this.sessionId = input.grant.sessionId;
    const { messagesPerSecondMax = input.limits.messagesPerSecondMax } = deps.source;
    this.core = new Session({ ...input.limits, messagesPerSecondMax }, TOOLS);
    // Whoever waits for the beginning gets the failure; without anybody it is no unhandled rejection.
    this.begun.promise.catch(() => {});
    this.core.tick(deps.now());
    this.pump();
  }

  /** Resolves when streams can be opened; rejects when the session ended before. */
  get ready(): Promise<void> {
    return this.begun.promise;
  }

  get canOpenStream(): boolean {
    return this.core.canOpenStream();
  }

  get isConnected(): boolean {
    return this.socket !== undefined;
  }

  get hasEnded(): boolean {
    return this.core.hasEnded;
  }

  counters(): SessionCounters {
    return this.core.counters();
  }

  /** Only when `canOpenStream`. */
  openStream(): SessionStream {
    const { now } = this.deps;
    const id = this.core.openStream(now());
    const stream = new SessionStream({
      write: (bytes) => {
        const more = this.core.write(id, bytes, now());
        this.pump();
        return more;
      },
      consumed: (bytes) => this.core.consumed(id, bytes),
      halfClose: () => {
        this.core.halfClose(id, now());
        this.pump();
      },
      close: (abort) => {
        this.streams.delete(id);
        this.core.closeStream(id, abort, now());
        this.pump();
      },
    });
    this.streams.set(id, stream);
    this.pump();
    return stream;
  }

  /** Tells the agent, and the service as well in case that did not get through. Never throws. */
  async end(): Promise<void> {
    this.core.end(this.deps.now());
    this.pump();
    await this.over.promise;
    await this.deps.source.terminate(this.sessionId).catch(() => {});
  }

  /** Puts writes on the socket, acts on events, sets the timer. */
  private pump(): void {
    // Acting on an event may call back into here; the outer loop takes what that adds.
    if (this.pumping) return;
    this.pumping = true;
    for (;;) {
      for (const write of this.core.takeWrites()) this.socket?.write(write);
      const events = this.core.takeEvents();
      if (events.length === 0) break;
      for (const event of events) this.act(event);
    }
    this.pumping = false;
    this.setTimer();
  }

  private setTimer(): void {
    if (this.core.hasEnded) {
      clearTimeout(this.timer);
      return;
    }
    const atMs = performance.now() + this.core.nextWakeMs();
    // A timer that comes a little early is cheaper than one that is set anew for every message.
    if (this.timerAtMs <= atMs && this.timerAtMs > performance.now()) return;
    clearTimeout(this.timer);
    this.timerAtMs = atMs;
    this.timer = setTimeout(
      () => {
        this.timerAtMs = Infinity;
        this.core.tick(this.deps.now());
        this.pump();
      },
      Math.max(0, atMs - performance.now()),
    );
  }

  private act(event: SessionEvent): void {
    if (event.kind === 'data') this.streams.get(event.stream)?.receive(event.bytes);
    else if (event.kind === 'drain') this.streams.get(event.stream)?.drained();
    else if (event.kind === 'stream-ended') this.endStream(event);
    else if (event.kind === 'open-channel') void this.connect();
    else if (event.kind === 'drop-channel') this.dropSocket();
    else {
      if (event.kind === 'ready') this.begun.resolve();
      if (event.kind === 'ended') this.ended(event.end);
      this.deps.notify(event);
    }
  }

  private endStream({ stream: id, end }: Extract<SessionEvent, { kind: 'stream-ended' }>): void {
    const stream = this.streams.get(id);
    this.streams.delete(id);
    if (end === 'closed') {
      stream?.finish();
      return;
    }
    const failure = streamFailed(this.input.target, end);
    stream?.finish(failure);
    this.deps.notify({ kind: 'stream-failed', failure });
  }

  private ended(end: SessionEnd): void {
    clearTimeout(this.timer);
    this.givingUp.abort();
    this.begun.reject(sessionEnded(this.input.target, end));
    this.over.resolve();
  }

  private dropSocket(): void {
    const socket = this.socket;
    this.socket = undefined;
    socket?.close();
  }

  /** Opens a channel: with the grant the session began with, later with one that resuming gives. */
  private async connect(): Promise<void> {
    const { source, now } = this.deps;
    try {
      const grant = this.grant ?? (await source.resume(this.sessionId));
      this.grant = undefined;
      const address = await source.address(grant);
      const handlers = this.handlers();
      this.socket = await openChannel(address, handlers, this.givingUp.signal);
      this.core.channelOpened(grant.token, now());
      handlers.belongsTo(this.socket);
    } catch (error) {
      this.connectFailed(error);
    }
    this.pump();
  }

  private connectFailed(error: unknown): void {
    const nowMs = this.deps.now();
    const failure = error instanceof Failure ? error : undefined;
    if (failure?.code === 'session-gone') this.core.channelRefused('not-resumable', failure.message, nowMs);
    else if (failure?.kind === 'denied' && failure.code !== 'not-signed-in')
      this.core.channelRefused('refused', failure.message, nowMs);
    else this.core.channelFailed(nowMs);
    if (failure?.code === 'not-signed-in') this.deps.notify({ kind: 'needs-sign-in', failure });
    else if (failure === undefined && !this.givingUp.signal.aborted)
      this.deps.notify({ kind: 'reconnecting', why: messageOf(error) });
  }

  /**
   * Handlers that fall silent once their socket is no longer the session's, and that keep what comes in the
   * moment between the socket's opening and the session's knowing of it.
   */
  private handlers() {
    const { now } = this.deps;
    const early: (() => void)[] = [];
    let mine: ChannelSocket | undefined;
    const act = (action: () => void) => {
      if (mine === undefined) early.push(action);
      else if (mine === this.socket) action();
    };
    return {
      belongsTo: (socket: ChannelSocket) => {
        mine = socket;
        for (const action of early) act(action);
      },
      message: (bytes: Uint8Array) =>
        act(() => {
          this.core.channelMessage(bytes, now());
          this.pump();
        }),
      heard: () => act(() => this.core.channelHeard(now())),
      lost: (why: { readonly closeCode: number; readonly words: string }) =>
        act(() => {
          this.socket = undefined;
          this.core.channelLost(why, now());
          this.pump();
        }),
    };
  }
}
