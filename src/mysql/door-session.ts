import { assert } from '../std/assert.ts';
import type { Failure } from '../std/failure.ts';
import { isSpoken, offeredFlags } from './capabilities.ts';
import { type ChangeUser, parseChangeUser } from './change-user.ts';
import {
  ANNOUNCED_PLUGIN,
  afterGoodAnswer,
  type ClientChallenge,
  encodeChallenge,
  isWelcome,
  pluginFor,
} from './client-login.ts';
import { CommandScanner } from './command-scanner.ts';
import type { DoorLogin, DoorTls } from './door-login.ts';
import { ERROR_HEADER, type ErrorPacket, encodeErrorPacket, parseErrorPacket } from './error-packet.ts';
import {
  changeUserWhileBusy,
  clientMalformed,
  clientWantsTls,
  databaseClosed,
  databaseMalformed,
  databaseRefused,
  localPasswordWrong,
} from './errors.ts';
import { textOf } from './fields.ts';
import { encodeGreeting, type Greeting, parseGreeting } from './greeting.ts';
import { isTlsRequest, parseHandshakeResponse, type SessionWishes } from './handshake-response.ts';
import { MalformedPacket } from './malformed-packet.ts';
import { encodePacket, type Packet, PacketReader } from './packet.ts';
import { refusalOf } from './refusal.ts';
import { type LoginStep, UpstreamLogin } from './upstream-login.ts';

/** What the socket side has to do, in order. */
export type DoorAction =
  | { readonly do: 'send'; readonly to: 'client' | 'database'; readonly bytes: Uint8Array }
  /** Fetch credentials, then call `loginGiven` or `fail`. `refused` are those the database just turned down. */
  | { readonly do: 'fetch-login'; readonly refused?: DoorLogin }
  /** Turn the database side into verified TLS, then call `tlsReady` or `fail`. */
  | { readonly do: 'start-tls'; readonly tls: DoorTls }
  /** Replace the database side by a new connection to the same database. */
  | { readonly do: 'dial-again' }
  | { readonly do: 'opened'; readonly user: string; readonly version: string }
  /** Send what is left, then end both sides. */
  | { readonly do: 'close'; readonly failure?: Failure };

export interface DoorSessionInput {
  /** How the database is named in messages: `writer.example:3306`. */
  readonly target: string;
  /** Undefined lets in everybody who can reach the port. */
  readonly localPassword?: string;
  /** Twenty random bytes, none of them zero; called for every challenge. */
  readonly scramble: () => Uint8Array;
}

/** Who the session is waiting for; `nobody` once bytes are spliced, or after its end. */
export type AwaitedParty = 'client' | 'database' | 'login' | 'nobody';

type Phase =
  | 'greeting'
  | 'client-response'
  | 'client-answer'
  | 'login'
  | 'second-login'
  | 'second-greeting'
  | 'tls'
  | 'database-login'
  | 'open'
  | 'change-user'
  | 'closed';

const AWAITED = {
  greeting: 'database',
  'client-response': 'client',
  'client-answer': 'client',
  login: 'login',
  'second-login': 'login',
  'second-greeting': 'database',
  tls: 'database',
  'database-login': 'database',
  open: 'nobody',
  'change-user': 'client',
  closed: 'nobody',
} as const satisfies Record<Phase, AwaitedParty>;

/**
 * The largest packet of a handshake, in bytes. MySQL keeps 64 KiB of connect attributes; with names, schema
 * and credentials nothing honest is larger.
 */
export const HANDSHAKE_PACKET_BYTES_MAX = 72 * 1024;
/** What either side may send before its turn, in bytes; an honest one sends nothing. */
export const EARLY_BYTES_MAX = 2 * HANDSHAKE_PACKET_BYTES_MAX;

/**
 * One connection through the door: answers the client's handshake in the database's name, logs in at the
 * database with dp's credentials, then hands bytes over as they are. Bytes and events in, actions out.
 */
export class DoorSession {
  readonly #input: DoorSessionInput;
  readonly #scanner = new CommandScanner();
  #fromClient = new PacketReader(HANDSHAKE_PACKET_BYTES_MAX);
  #fromDatabase = new PacketReader(HANDSHAKE_PACKET_BYTES_MAX);
  #phase: Phase = 'greeting';
  #clientSequence = 0;
  #greeted = false;
  #greeting: Greeting | undefined;
  #challenge: ClientChallenge | undefined;
  #wishes: SessionWishes | undefined;
  #login: DoorLogin | undefined;
  #upstream: UpstreamLogin | undefined;
  #change: ChangeUser | undefined;
  #denied: LoginStep | undefined;
  #busy = false;

  constructor(input: DoorSessionInput) {
    this.#input = input;
  }

  get waitsFor(): AwaitedParty {
    return AWAITED[this.#phase];
  }

  /** Credentials are fetched while the database's greeting is under way. */
  start(): DoorAction[] {
    return [{ do: 'fetch-login' }];
  }

  fromClient(bytes: Uint8Array): DoorAction[] {
    if (this.#phase === 'open') return this.#handOver(bytes);
    if (this.#phase === 'closed') return [];
    this.#fromClient.push(bytes);
    return this.#readClient();
  }

  fromDatabase(bytes: Uint8Array): DoorAction[] {
    if (this.#phase === 'open') {
      this.#busy = false;
      return [{ do: 'send', to: 'client', bytes }];
    }
    if (this.#phase === 'closed') return [];
    this.#fromDatabase.push(bytes);
    return this.#readDatabase();
  }

  loginGiven(login: DoorLogin): DoorAction[] {
    if (this.#phase === 'closed') return [];
    if (this.#phase === 'second-login') return this.#logInAgain(login);
    this.#login = login;
    return this.#phase === 'login' ? this.#logIn(login) : [];
  }

  tlsReady(): DoorAction[] {
    if (this.#phase !== 'tls') return [];
    this.#phase = 'database-login';
    assert(this.#upstream !== undefined, 'TLS is ready before the login started');
    return this.#apply(this.#upstream.tlsReady());
  }

  /** The database side ended by itself. Not an end where it is about to be replaced after a refused login. */
  databaseEnded(): DoorAction[] {
    return this.#phase === 'second-login' ? [] : this.fail(databaseClosed(this.#input.target));
  }

  /** Something outside went wrong: ends the session, with words for the client where it expects an answer. */
  fail(failure: Failure): DoorAction[] {
    if (this.#phase === 'closed') return [];
    if (this.#phase === 'open') {
      this.#phase = 'closed';
      return [{ do: 'close', failure }];
    }
    // The client reads its refusal only after it has sent the packet it owes.
    if (this.waitsFor === 'client') this.#clientSequence += 1;
    return this.#refuse(failure);
  }

  #refuse(failure: Failure, error: ErrorPacket = refusalOf(failure)): DoorAction[] {
    this.#phase = 'closed';
    const bytes = encodePacket(this.#clientSequence, encodeErrorPacket(error, !this.#greeted));
    return [
      { do: 'send', to: 'client', bytes },
      { do: 'close', failure },
    ];
  }

  #readClient(): DoorAction[] {
    try {
      if (this.waitsFor !== 'client') return this.#checkEarly(this.#fromClient, clientMalformed);
      const packet = this.#fromClient.next();
      if (packet === undefined) return [];
      this.#clientSequence = (packet.sequence + 1) & 0xff;
      if (this.#phase === 'client-response') return this.#hearResponse(packet);
      if (this.#phase === 'change-user') return this.#hearChangeUser(packet);
      return this.#hearAnswer(packet.payload);
    } catch (error) {
      if (error instanceof MalformedPacket) return this.#refuse(clientMalformed(error));
      throw error;
    }
  }

  #readDatabase(): DoorAction[] {
    try {
      if (this.#phase === 'greeting') return this.#hearGreeting();
      if (this.#phase === 'second-greeting') return this.#hearSecondGreeting();
      if (this.#phase === 'database-login') return this.#hearLogin();
      return this.#checkEarly(this.#fromDatabase, (error) => databaseMalformed(this.#input.target, error));
    } catch (error) {
      if (error instanceof MalformedPacket) return this.#refuse(databaseMalformed(this.#input.target, error));
      throw error;
    }
  }

  #checkEarly(reader: PacketReader, words: (error: MalformedPacket) => Failure): DoorAction[] {
    if (reader.heldBytes <= EARLY_BYTES_MAX) return [];
    return this.#refuse(words(new MalformedPacket('more bytes before their turn than a login has')));
  }

  #hearGreeting(): DoorAction[] {
    const greeting = this.#nextGreeting();
    if (greeting === undefined || Array.isArray(greeting)) return greeting ?? [];
    this.#greeting = greeting;
    const challenge = { plugin: ANNOUNCED_PLUGIN, scramble: this.#input.scramble() };
    this.#challenge = challenge;
    this.#phase = 'client-response';
    this.#greeted = true;
    const local = encodeGreeting({ ...greeting, ...challenge, flags: offeredFlags(greeting.flags) });
    return [this.#toClient(local), ...this.#readClient()];
  }

  #nextGreeting(): Greeting | DoorAction[] | undefined {
    const packet = this.#fromDatabase.next();
    if (packet === undefined) return undefined;
    if (packet.payload[0] === ERROR_HEADER) {
      const error = parseErrorPacket(packet.payload);
      return this.#refuse(databaseRefused(this.#input.target, error), error);
    }
    const greeting = parseGreeting(packet.payload);
    if (!isSpoken(greeting.flags)) throw new MalformedPacket('a server older than MySQL 5.5');
    return greeting;
  }

  #hearResponse({ payload }: Packet): DoorAction[] {
    if (isTlsRequest(payload)) return this.#refuse(clientWantsTls());
    assert(this.#greeting !== undefined, 'a client answered a greeting that was not sent');
    const response = parseHandshakeResponse(payload, offeredFlags(this.#greeting.flags));
    this.#wishes = response;
    const plugin = response.plugin ?? ANNOUNCED_PLUGIN;
    if (plugin === ANNOUNCED_PLUGIN) return this.#hearAnswer(response.authResponse);
    return this.#ask(pluginFor(plugin));
  }

  #ask(plugin: string): DoorAction[] {
    const challenge = { plugin, scramble: this.#input.scramble() };
    this.#challenge = challenge;
    this.#phase = 'client-answer';
    return [this.#toClient(encodeChallenge(challenge)), ...this.#readClient()];
  }

  #hearAnswer(answer: Uint8Array): DoorAction[] {
    assert(this.#challenge !== undefined, 'a client answered without being asked');
    if (!isWelcome(this.#challenge, answer, this.#input.localPassword))
      return this.#refuse(localPasswordWrong());
    const after = afterGoodAnswer(this.#challenge, answer);
    const actions = after === undefined ? [] : [this.#toClient(after)];
    this.#phase = 'login';
    if (this.#change !== undefined) return [...actions, { do: 'fetch-login' }];
    return this.#login === undefined ? actions : [...actions, ...this.#logIn(this.#login)];
  }

  #logIn(login: DoorLogin): DoorAction[] {
    this.#phase = 'database-login';
    if (this.#change !== undefined) {
      assert(this.#upstream !== undefined, 'a user is changed before the first login');
      return this.#apply(this.#upstream.changeUser(this.#change, login));
    }
    assert(this.#greeting !== undefined && this.#wishes !== undefined, 'a login before the handshake');
    const { target } = this.#input;
    this.#upstream = new UpstreamLogin({ target, greeting: this.#greeting, login, wishes: this.#wishes });
    return this.#apply(this.#upstream.start());
  }

  #hearLogin(): DoorAction[] {
    const actions: DoorAction[] = [];
    while (this.#phase === 'database-login') {
      const packet = this.#fromDatabase.next();
      if (packet === undefined) break;
      assert(this.#upstream !== undefined, 'an answer to a login that was not started');
      actions.push(...this.#apply(this.#upstream.receive(packet)));
    }
    return actions;
  }

  #apply(step: LoginStep): DoorAction[] {
    switch (step.kind) {
      case 'wait':
        return [];
      case 'send':
        return [{ do: 'send', to: 'database', bytes: step.bytes }, ...this.#hearLogin()];
      case 'start-tls':
        return this.#startTls(step.bytes);
      case 'failed':
        return this.#loginFailed(step);
      case 'done':
        return this.#open(step.ok);
    }
  }

  #startTls(bytes: Uint8Array): DoorAction[] {
    const tls = this.#login?.tls;
    assert(tls !== undefined, 'TLS without a name to check');
    // Bytes that came in the clear must never be read as if they had come encrypted.
    if (this.#fromDatabase.heldBytes > 0) throw new MalformedPacket('bytes before the TLS handshake');
    this.#phase = 'tls';
    return [
      { do: 'send', to: 'database', bytes },
      { do: 'start-tls', tls },
    ];
  }

  /** A secret may be refused because it is being rotated at this moment: then it is fetched once more. */
  #loginFailed(step: LoginStep & { kind: 'failed' }): DoorAction[] {
    const login = this.#login;
    const mayBeRotating = step.failure?.code === 'door-login-denied' && login?.credential === 'secret';
    if (mayBeRotating && this.#denied === undefined && this.#change === undefined) {
      this.#denied = step;
      this.#phase = 'second-login';
      return [{ do: 'fetch-login', refused: login }];
    }
    const { error } = step;
    const failure = step.failure ?? (error && databaseRefused(this.#input.target, error));
    assert(failure !== undefined, 'a login failed without a reason');
    // The server's own number stays; its words are kept as they are when they are not about dp's credentials.
    if (error === undefined) return this.#refuse(failure);
    const message = step.failure === undefined ? error.message : refusalOf(failure).message;
    return this.#refuse(failure, { ...error, message });
  }

  #logInAgain(login: DoorLogin): DoorAction[] {
    assert(this.#denied?.kind === 'failed', 'a second login without a refused one');
    if (login.password === this.#login?.password) return this.#loginFailed(this.#denied);
    this.#login = login;
    this.#fromDatabase = new PacketReader(HANDSHAKE_PACKET_BYTES_MAX);
    this.#phase = 'second-greeting';
    return [{ do: 'dial-again' }];
  }

  #hearSecondGreeting(): DoorAction[] {
    const greeting = this.#nextGreeting();
    if (greeting === undefined || Array.isArray(greeting)) return greeting ?? [];
    const before = this.#greeting;
    assert(before !== undefined && this.#login !== undefined, 'a second greeting without a first');
    // The client already counts on what the first greeting offered.
    if ((offeredFlags(before.flags) & ~greeting.flags) !== 0)
      throw new MalformedPacket('two different servers');
    this.#greeting = greeting;
    return this.#logIn(this.#login);
  }

  #open(ok: Uint8Array): DoorAction[] {
    const first = this.#change === undefined;
    this.#change = undefined;
    this.#phase = 'open';
    const actions = [this.#toClient(ok)];
    if (first) actions.push({ do: 'opened', user: this.#login?.user ?? '', version: this.#version() });
    const afterwards = this.#fromDatabase.takeRest();
    if (afterwards.length > 0) actions.push(...this.fromDatabase(afterwards));
    const early = this.#fromClient.takeRest();
    if (early.length > 0) actions.push(...this.fromClient(early));
    return actions;
  }

  #handOver(bytes: Uint8Array): DoorAction[] {
    const wasBusy = this.#busy;
    const scanned = this.#scanner.scan(bytes);
    this.#busy ||= scanned.asks;
    const actions: DoorAction[] = scanned.pass.map((part) => ({ do: 'send', to: 'database', bytes: part }));
    if (scanned.stopped === undefined) return actions;
    this.#fromClient.push(scanned.stopped);
    return [...actions, ...this.#changeUser(wasBusy || scanned.asks)];
  }

  #changeUser(busy: boolean): DoorAction[] {
    this.#phase = 'change-user';
    this.#clientSequence = 1;
    return busy ? this.#refuse(changeUserWhileBusy()) : this.#readClient();
  }

  /** The client is asked for its password anew, as a server does; then dp logs in again in its place. */
  #hearChangeUser({ payload }: Packet): DoorAction[] {
    assert(this.#upstream !== undefined, 'a user is changed before the first login');
    this.#change = parseChangeUser(payload, this.#upstream.flags);
    return this.#ask(pluginFor(this.#change.plugin));
  }

  #version(): string {
    return textOf(this.#greeting?.version ?? new Uint8Array());
  }

  #toClient(payload: Uint8Array): DoorAction {
    const bytes = encodePacket(this.#clientSequence, payload);
    this.#clientSequence = (this.#clientSequence + 1) & 0xff;
    return { do: 'send', to: 'client', bytes };
  }
}
