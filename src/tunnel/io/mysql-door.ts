import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { DoorLogin } from '../../mysql/door-login.ts';
import { encodeErrorPacket } from '../../mysql/error-packet.ts';
import { tooManyHandshakes } from '../../mysql/errors.ts';
import { encodePacket } from '../../mysql/packet.ts';
import { refusalOf } from '../../mysql/refusal.ts';
import { SCRAMBLE_BYTES } from '../../mysql/scramble.ts';
import { assert } from '../../std/assert.ts';
import type { Failure } from '../../std/failure.ts';
import { DoorConnection } from './mysql-door-connection.ts';

export interface MysqlDoorInput {
  /** How the database is named in messages: `writer.example:3306`. */
  readonly target: string;
  /** What clients must know to come in; undefined lets in everybody who can reach the port. */
  readonly localPassword?: string;
  readonly limits?: Partial<DoorLimits>;
}

export interface DoorLimits {
  /** How long a client may take for one answer of its handshake. MySQL's own connect_timeout is as long. */
  readonly clientTimeoutMs: number;
  /** How long the database may take to greet and log in; a paused Aurora wakes up within half of it. */
  readonly databaseTimeoutMs: number;
  /** Connections that may be logging in at the same time. */
  readonly handshakesMax: number;
}

export const DOOR_LIMITS: DoorLimits = {
  clientTimeoutMs: 10_000,
  databaseTimeoutMs: 60_000,
  handshakesMax: 256,
};

export interface MysqlDoorDeps {
  /**
   * Credentials for one connection, fresh. `refused` are those that the database has just turned down: others
   * are wanted, and the same again mean that there are none.
   */
  login(request: { readonly refused?: DoorLogin }): Promise<DoorLogin>;
  notify?(event: DoorEvent): void;
}

export type DoorEvent =
  | { readonly event: 'opened'; readonly user: string; readonly version: string; readonly loginMs: number }
  | { readonly event: 'refused'; readonly failure: Failure }
  | { readonly event: 'closed'; readonly bytesToDatabase: number; readonly bytesToClient: number };

/** Gives a new connection to the database. Called for each client; once more when credentials were refused. */
export type Dial = () => Duplex | Promise<Duplex>;

export interface MysqlDoor {
  /** Takes a client that has just connected. Owns both streams from now on. */
  accept(client: Duplex, dial: Dial): void;
  readonly connections: number;
  /** Ends every connection at once. */
  close(): void;
}

/**
 * The passwordless door: clients connect without knowing a password, and each of their connections is logged
 * in at the database with credentials that dp fetches for it.
 */
export function openMysqlDoor(input: MysqlDoorInput, deps: MysqlDoorDeps): MysqlDoor {
  assert(input.localPassword !== '', 'a local password that everybody knows');
  const limits = { ...DOOR_LIMITS, ...input.limits };
  const connections = new Set<DoorConnection>();
  return {
    get connections() {
      return connections.size;
    },
    accept(client, dial) {
      const handshakes = [...connections].filter((connection) => connection.isLoggingIn).length;
      if (handshakes >= limits.handshakesMax)
        return turnAway(client, tooManyHandshakes(limits.handshakesMax));
      const connection = new DoorConnection(
        { ...input, limits, client, scramble: randomScramble },
        { ...deps, dial, done: () => connections.delete(connection) },
      );
      connections.add(connection);
      connection.start();
    },
    close() {
      for (const connection of [...connections]) connection.destroy();
    },
  };
}

/** 144 random bits, in characters that need no quoting in a shell or a URL. */
const LOCAL_PASSWORD_BYTES = 18;

/** A password for one tunnel's door. */
export function makeLocalPassword(): string {
  return randomBytes(LOCAL_PASSWORD_BYTES).toString('base64url');
}

function turnAway(client: Duplex, failure: Failure): void {
  client.on('error', () => undefined);
  client.resume();
  client.end(encodePacket(0, encodeErrorPacket(refusalOf(failure), true)), () => client.destroy());
}

/** Printable bytes, as servers send: zero and `$` would end the scramble early in some clients. */
const SCRAMBLE_BYTE_FIRST = 0x25;
const SCRAMBLE_BYTE_COUNT = 0x7f - SCRAMBLE_BYTE_FIRST;

function randomScramble(): Uint8Array {
  return Uint8Array.from(
    randomBytes(SCRAMBLE_BYTES),
    (byte) => SCRAMBLE_BYTE_FIRST + (byte % SCRAMBLE_BYTE_COUNT),
  );
}
