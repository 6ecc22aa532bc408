import type { Failure } from '../std/failure.ts';
import { CAPABILITY, has, upstreamFlags } from './capabilities.ts';
import { type ChangeUser, encodeChangeUser } from './change-user.ts';
import type { DoorLogin } from './door-login.ts';
import { ERROR_HEADER, type ErrorPacket, parseErrorPacket } from './error-packet.ts';
import {
  clearPasswordRefused,
  databaseMalformed,
  loginDenied,
  pluginUnsupported,
  tlsNotOffered,
} from './errors.ts';
import { bytesOf, FieldReader, nulEnded, textOf } from './fields.ts';
import type { Greeting } from './greeting.ts';
import { encodeHandshakeResponse, encodeTlsRequest, type SessionWishes } from './handshake-response.ts';
import { MalformedPacket } from './malformed-packet.ts';
import { encodePacket, type Packet } from './packet.ts';
import {
  CACHING_SHA2_PASSWORD,
  CLEAR_PASSWORD,
  cachingSha2Response,
  NATIVE_PASSWORD,
  nativeResponse,
  SCRAMBLE_BYTES,
  SHA256_PASSWORD,
} from './scramble.ts';

/** What to do next on the way into the database. */
export type LoginStep =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** Send the bytes, turn the connection into TLS, then call `tlsReady`. */
  | { readonly kind: 'start-tls'; readonly bytes: Uint8Array }
  | { readonly kind: 'wait' }
  /** Logged in; the payload of the server's OK. */
  | { readonly kind: 'done'; readonly ok: Uint8Array }
  /** `error` is the server's own refusal, where it was the server that refused. */
  | { readonly kind: 'failed'; readonly failure?: Failure; readonly error?: ErrorPacket };

export interface UpstreamLoginInput {
  /** How the database is named in messages. */
  readonly target: string;
  readonly greeting: Greeting;
  readonly login: DoorLogin;
  readonly wishes: SessionWishes;
}

const OK_HEADER = 0x00;
const AUTH_MORE = 0x01;
const AUTH_SWITCH = 0xfe;
const FAST_LOGIN_DONE = 0x03;
const FULL_LOGIN_WANTED = 0x04;
/** A login takes at most four answers of the server; a server that goes on asking is not logging anybody in. */
const ANSWERS_MAX = 10;
/** Access denied, with and without a password given: the two refusals that are about the credentials. */
const DENIED_NUMBERS = new Set([1045, 1698]);

/** One connection's login at the database: the server's packets in, packets for the server out. */
export class UpstreamLogin {
  readonly #input: UpstreamLoginInput;
  readonly #wishes: SessionWishes;
  #login: DoorLogin;
  #scramble: Uint8Array;
  #plugin: string;
  #encrypted = false;
  #answers = 0;

  constructor(input: UpstreamLoginInput) {
    this.#input = input;
    this.#login = input.login;
    const { greeting, wishes } = input;
    const flags = upstreamFlags({
      clientFlags: wishes.flags,
      serverFlags: greeting.flags,
      tls: input.login.tls !== undefined,
    });
    this.#wishes = { ...wishes, flags, extendedFlags: (wishes.extendedFlags & greeting.extendedFlags) >>> 0 };
    this.#scramble = greeting.scramble;
    // The password never goes out in the first answer as it is: other plugins are asked for by the server.
    this.#plugin = greeting.plugin === CACHING_SHA2_PASSWORD ? CACHING_SHA2_PASSWORD : NATIVE_PASSWORD;
  }

  /** The capability flags of the session, which both of its sides have agreed on. */
  get flags(): number {
    return this.#wishes.flags;
  }

  start(): LoginStep {
    if (this.#login.tls === undefined) return this.#respond(1);
    if (!has(this.#input.greeting.flags, CAPABILITY.tls)) return failed(tlsNotOffered(this.#input.target));
    return { kind: 'start-tls', bytes: encodePacket(1, encodeTlsRequest(this.#wishes)) };
  }

  /** The connection is encrypted, and its certificate was checked against the real host name. */
  tlsReady(): LoginStep {
    this.#encrypted = true;
    return this.#respond(2);
  }

  /** Logs in again on the open connection, with credentials fetched for it, for what the client now wants. */
  changeUser(change: ChangeUser, login: DoorLogin): LoginStep {
    this.#login = login;
    this.#answers = 0;
    const payload = encodeChangeUser(
      {
        ...change,
        user: bytesOf(login.user),
        authResponse: this.#hashed(),
        characterSet: change.characterSet ?? this.#wishes.characterSet,
        plugin: this.#plugin,
      },
      this.#wishes.flags,
    );
    return { kind: 'send', bytes: encodePacket(0, payload) };
  }

  receive(packet: Packet): LoginStep {
    this.#answers += 1;
    if (this.#answers > ANSWERS_MAX) return this.#malformed('a login without an end');
    try {
      return this.#read(packet);
    } catch (error) {
      if (!(error instanceof MalformedPacket)) throw error;
      return failed(databaseMalformed(this.#input.target, error));
    }
  }

  #read({ payload, sequence }: Packet): LoginStep {
    const header = payload[0];
    if (header === OK_HEADER) return { kind: 'done', ok: payload };
    if (header === ERROR_HEADER) return this.#refused(parseErrorPacket(payload));
    if (header === AUTH_SWITCH) return this.#switch(payload, sequence);
    if (header === AUTH_MORE && this.#plugin === CACHING_SHA2_PASSWORD) {
      if (payload[1] === FAST_LOGIN_DONE) return { kind: 'wait' };
      // Over plain TCP the protocol goes on with an RSA key from the server, which nothing here could verify.
      if (payload[1] === FULL_LOGIN_WANTED) return this.#sendClear(sequence);
    }
    return this.#malformed('an answer that belongs to no login');
  }

  #refused(error: ErrorPacket): LoginStep {
    if (!DENIED_NUMBERS.has(error.number)) return { kind: 'failed', error };
    return { kind: 'failed', error, failure: loginDenied(this.#input.target, this.#login, error) };
  }

  #switch(payload: Uint8Array, sequence: number): LoginStep {
    const fields = new FieldReader(payload.subarray(1));
    this.#plugin = fields.left === 0 ? 'mysql_old_password' : textOf(fields.untilNulOrEnd());
    this.#scramble = fields.rest().slice(0, SCRAMBLE_BYTES);
    switch (this.#plugin) {
      case NATIVE_PASSWORD:
      case CACHING_SHA2_PASSWORD:
        return { kind: 'send', bytes: encodePacket(sequence + 1, this.#hashed()) };
      case SHA256_PASSWORD:
      case CLEAR_PASSWORD:
        return this.#sendClear(sequence);
      default:
        return failed(pluginUnsupported(this.#input.target, this.#plugin, this.#login.user));
    }
  }

  #sendClear(sequence: number): LoginStep {
    if (!this.#encrypted) return failed(clearPasswordRefused(this.#input.target, this.#plugin));
    return { kind: 'send', bytes: encodePacket(sequence + 1, nulEnded(bytesOf(this.#login.password))) };
  }

  #respond(sequence: number): LoginStep {
    const response = encodeHandshakeResponse({
      ...this.#wishes,
      user: bytesOf(this.#login.user),
      authResponse: this.#hashed(),
      plugin: this.#plugin,
    });
    return { kind: 'send', bytes: encodePacket(sequence, response) };
  }

  #hashed(): Uint8Array {
    const hash = this.#plugin === CACHING_SHA2_PASSWORD ? cachingSha2Response : nativeResponse;
    return hash(this.#login.password, this.#scramble);
  }

  #malformed(why: string): LoginStep {
    return failed(databaseMalformed(this.#input.target, new MalformedPacket(why)));
  }
}

function failed(failure: Failure): LoginStep {
  return { kind: 'failed', failure };
}
