/** The whole tunnel: a local door, sessions behind it, and every connection on its way between them. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { assert } from '../../std/assert.ts';
import { Failure } from '../../std/failure.ts';
import { noGreeting, noSessionReady } from '../errors.ts';
import type { SessionLimits } from '../session-limits.ts';
import type { Listener, ListenInput } from './listener.ts';
import { openListener } from './listener.ts';
import type { SessionSource } from './live-session.ts';
import { readGreeting } from './mysql-greeting.ts';
import type { PoolEvent, PoolState } from './session-pool.ts';
import { SessionPool } from './session-pool.ts';
import { splice } from './splice.ts';

export interface PortTunnelInput {
  readonly listen: ListenInput;
  readonly sessions: number;
  readonly limits: SessionLimits;
}

/** Gives a connection to the target that has already answered. */
export type Dial = () => Promise<Duplex>;

export interface PortTunnelDeps {
  readonly now: () => number;
  readonly notify: (event: TunnelEvent) => void;
  /** Takes a client; owns both streams from then on. Without it bytes are forwarded as they are. */
  readonly accept?: (client: Duplex, dial: Dial) => void;
}

export type TunnelEvent =
  | PoolEvent
  | { readonly kind: 'connection-opened'; readonly connection: number; readonly connections: number }
  | { readonly kind: 'connection-closed'; readonly connection: number; readonly connections: number }
  | { readonly kind: 'connection-failed'; readonly connection: number; readonly failure: Failure };

export interface TunnelState extends PoolState {
  readonly connections: number;
}

/** Connections a tunnel takes at a time; above it new ones wait in the system's own queue. */
const CONNECTIONS_MAX = 4_000;
/** Dials of one connection: the second goes over a session that looked the target's address up anew. */
const DIALS_MAX = 2;

export class PortTunnel {
  private readonly input: PortTunnelInput;
  private readonly deps: PortTunnelDeps;
  private readonly clients = new Map<number, Socket>();
  private readonly connected = Promise.withResolvers<SessionPool>();
  private listening: Listener | undefined;
  private pool: SessionPool | undefined;
  private target = 'the database';
  private nextConnection = 1;
  private idle: (() => void) | undefined;

  private constructor(input: PortTunnelInput, deps: PortTunnelDeps) {
    this.input = input;
    this.deps = deps;
    this.connected.promise.catch(() => {});
  }

  /** Opens the local door. Clients that come before `connect` is through wait for it. */
  static async listen(input: PortTunnelInput, deps: PortTunnelDeps): Promise<PortTunnel> {
    const tunnel = new PortTunnel(input, deps);
    tunnel.listening = await openListener(input.listen, (client) => tunnel.take(client));
    return tunnel;
  }

  get listener(): Listener {
    assert(this.listening !== undefined, 'a tunnel exists only once it listens');
    return this.listening;
  }

  /**
   * Starts the sessions, and waits until the target itself has greeted through them. Gives its version.
   * `target` is how messages name it: `writer.example:3306`.
   */
  async connect(source: SessionSource, target: string): Promise<{ readonly serverVersion: string }> {
    const { sessions, limits } = this.input;
    this.target = target;
    const { now, notify } = this.deps;
    const pool = new SessionPool({ target, sessions, limits }, { source, now, notify });
    this.pool = pool;
    await pool.open();
    const serverVersion = await this.greet(pool);
    this.connected.resolve(pool);
    return { serverVersion };
  }

  state(): TunnelState {
    const none = {
      ready: 0,
      needsSignIn: false,
      streams: 0,
      sentBytes: 0,
      receivedBytes: 0,
      roundTripMs: 0,
      resends: 0,
      channels: 0,
    };
    return { ...(this.pool?.state() ?? none), connections: this.clients.size };
  }

  /** The target's address changed: new connections go over sessions that look it up again. */
  targetMoved(): void {
    this.pool?.retireAll('the target’s address changed');
  }

  /** No new connections; those that are open have `drainMs` to end. Then everything ends, on the service too. */
  async close(drainMs: number): Promise<void> {
    this.listening?.close();
    this.connected.reject(noSessionReady(this.target, 0));
    if (this.clients.size > 0 && drainMs > 0) await this.drained(drainMs);
    for (const client of this.clients.values()) client.destroy();
    await this.pool?.close();
  }

  private drained(drainMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, drainMs);
      this.idle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private take(client: Socket): void {
    const connection = this.nextConnection++;
    const { notify, accept } = this.deps;
    if (this.clients.size >= CONNECTIONS_MAX) {
      client.destroy();
      return;
    }
    this.clients.set(connection, client);
    notify({ kind: 'connection-opened', connection, connections: this.clients.size });
    client.on('error', () => {});
    client.on('close', () => {
      this.clients.delete(connection);
      notify({ kind: 'connection-closed', connection, connections: this.clients.size });
      if (this.clients.size === 0) this.idle?.();
    });
    const dial: Dial = async () => await this.dial(await this.connected.promise);
    // The door's first words are its own, so a client only meets it once there is something behind it.
    if (accept !== undefined)
      this.connected.promise.then(
        () => accept(client, dial),
        () => client.destroy(),
      );
    else void this.forward(client, dial, connection);
  }

  private async forward(client: Socket, dial: Dial, connection: number): Promise<void> {
    try {
      const target = await dial();
      if (client.destroyed) target.destroy();
      else splice(client, target);
    } catch (error) {
      client.destroy();
      if (!(error instanceof Failure)) throw error;
      this.deps.notify({ kind: 'connection-failed', connection, failure: error });
    }
  }

  /** A stream whose first byte has come. A session that cannot reach the target is replaced, and asked once more. */
  private async dial(pool: SessionPool): Promise<Duplex> {
    for (let attempt = 1; ; attempt++) {
      const { stream, session } = await pool.openStream();
      try {
        await answered(stream);
        return stream;
      } catch (error) {
        const code = error instanceof Failure ? error.code : '';
        const unreached = code === 'connection-dial-failed' || code === 'connection-no-answer';
        if (unreached) pool.retire(session, 'it could not reach the target');
        if (attempt >= DIALS_MAX || !(unreached || code === 'connection-session-lost')) throw error;
      }
    }
  }

  private async greet(pool: SessionPool): Promise<string> {
    const stream = await this.dial(pool);
    try {
      const greeting = await readGreeting(stream);
      if ('version' in greeting) return greeting.version;
      throw noGreeting(this.target, greeting.refusal);
    } finally {
      stream.destroy();
    }
  }
}

/** Waits for the first byte, which stays to be read. */
function answered(stream: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    const clean = () => {
      stream.off('readable', ready);
      stream.off('error', failed);
      stream.off('end', ready);
    };
    const ready = () => {
      clean();
      resolve();
    };
    const failed = (error: Error) => {
      clean();
      // Whoever gets the stream next listens for itself; until then a late error is nobody's crash.
      reject(error);
    };
    stream.on('error', failed);
    stream.on('readable', ready);
    stream.on('end', ready);
  });
}
