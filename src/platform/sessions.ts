/** Sessions that reach the private database: Session Manager on AWS, a gateway in this process locally. */
import type { Agent } from 'node:http';
import type { Duplex } from 'node:stream';

/** Which door of the database: the writer, a reader, or the connection proxy. */
export type TargetName = 'writer' | 'reader' | 'proxy';

export interface SessionTarget {
  readonly name: TargetName;
  /** The name the bastion resolves, which is also the one the database's certificate is for. */
  readonly host: string;
  readonly port: number;
  /** The schema a client starts in. */
  readonly database: string;
}

/** The machine that sessions go through. */
export interface Bastion {
  readonly id: string;
  readonly agentVersion: string;
}

export interface StartSessionRequest {
  readonly target: SessionTarget;
  readonly bastion: Bastion;
  /** Kept with the session, for whoever reads the audit log. */
  readonly reason: string;
  readonly localPort: number;
}

/** The right to open one channel of a session. The token is a secret and works once. */
export interface SessionGrant {
  readonly sessionId: string;
  readonly streamUrl: string;
  readonly token: string;
}

/** Where and how to open a channel's websocket. The headers hold a signature. */
export interface ChannelAddress {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent?: Agent;
}

/** When the service ends a session by itself; undefined where it does not. */
export interface SessionTimeLimits {
  /** Without any data, in milliseconds. */
  readonly idleMs: number | undefined;
  /** In all, in milliseconds. */
  readonly maximumMs: number | undefined;
}

export interface SessionSummary {
  readonly sessionId: string;
  /** Who started it. */
  readonly owner: string;
  /** The bastion's id. */
  readonly bastion: string;
  readonly reason: string;
  readonly status: string;
  /** ISO time, UTC. */
  readonly startedAt: string;
}

/** The passwordless door on the local port: it logs clients in upstream, with credentials of its own. */
export interface Door {
  /** What clients log in as; any name will do. */
  readonly user: string;
  /** What clients must know, where the tunnel asks for something. */
  readonly password?: string;
  /** Takes a client; `dial` gives a connection to the database. The door owns both. */
  accept(client: Duplex, dial: () => Promise<Duplex>): void;
  close(): void;
}

export interface Sessions extends AsyncDisposable {
  /** Messages a second that one session may carry up. @default what Session Manager bears */
  readonly messagesPerSecondMax?: number;
  /** `withPassword` makes a random one for this door alone. */
  openDoor(request: { readonly target: SessionTarget; readonly withPassword: boolean }): Promise<Door>;
  findTarget(name: TargetName): Promise<SessionTarget>;
  /** The bastion of this environment, running, online, and with an agent that can carry a tunnel. */
  findBastion(): Promise<Bastion>;
  start(request: StartSessionRequest): Promise<SessionGrant>;
  /** Throws a failure with code `session-gone` when there is nothing left to resume. */
  resume(sessionId: string): Promise<SessionGrant>;
  /** Ending what has ended is no error. */
  terminate(sessionId: string): Promise<void>;
  /** As far as they can be known; nothing here is worth a failure. */
  timeLimits(): Promise<SessionTimeLimits>;
  /** The operator's own sessions of this environment that have not ended. */
  list(): Promise<SessionSummary[]>;
  /** Signs with the credentials of this moment. */
  address(grant: SessionGrant): Promise<ChannelAddress>;
  /** The address the target's name has now; undefined when it cannot be told from here. */
  addressOf(target: SessionTarget): Promise<string | undefined>;
}
