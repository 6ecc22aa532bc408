import { assert } from '../std/assert.ts';
import { Failure } from '../std/failure.ts';
import { isSpoken, offeredFlags } from './capabilities.ts';
import { type ChangeUser, parseChangeUser } from './change-user.ts';
import { ANNOUNCED_PLUGIN } from './client-login.ts';
import {
  ClientSide,
  type ClientSideInput,
  EARLY_BYTES_MAX,
  HANDSHAKE_PACKET_BYTES_MAX,
  orMalformed,
} from './client-side.ts';
import { CommandScanner } from './command-scanner.ts';
import type { DoorAction } from './door-action.ts';
import type { DoorLogin } from './door-login.ts';
import { AWAITED, type AwaitedParty, type Phase } from './door-phase.ts';
import { ERROR_HEADER, type ErrorPacket, parseErrorPacket } from './error-packet.ts';
import { changeUserWhileBusy, databaseClosed, databaseMalformed, databaseRefused } from './errors.ts';
import { textOf } from './fields.ts';
import { type Greeting, parseGreeting } from './greeting.ts';
import type { SessionWishes } from './handshake-response.ts';
import { MalformedPacket } from './malformed-packet.ts';
import { PacketReader } from './packet.ts';
import { refusalOf } from './refusal.ts';
import { type LoginStep, UpstreamLogin } from './upstream-login.ts';

export interface DoorSessionInput extends ClientSideInput {
  /** How the database is named in messages: `writer.example:3306`. */
  readonly target: string;
}

/**
 * One connection through the door: answers the client's handshake in the database's name, logs in at the
 * database with dp's credentials, then hands bytes over as they are. Bytes and events in, actions out.
 */
export class DoorSession {
  readonly #target: string;
  readonly #client: ClientSide;
  readonly #scanner = new CommandScanner();
  #fromDatabase = new PacketReader(HANDSHAKE_PACKET_BYTES_MAX);
  #actions: DoorAction[] = [];
  #phase: Phase = 'greeting';
  #greeting: Greeting | undefined;
  #wishes: SessionWishes | undefined;
  #login: DoorLogin | undefined;
  #noLogin: Failure | undefined;
  #upstream: UpstreamLogin | undefined;
  #change: ChangeUser | undefined;
  #denied: (LoginStep & { kind: 'failed' }) | undefined;
  /** Whether the database owes the client an answer. */
  #busy = false;

  constructor(input: DoorSessionInput) {
    this.#target = input.target;
    this.#client = new ClientSide(input, (bytes) => this.#actions.push({ do: 'send', to: 'client', bytes }));
  }

  get waitsFor(): AwaitedParty {
    return AWAITED[this.#phase];
  }

  /** Credentials are fetched while the database's greeting is under way. */
  start(): DoorAction[] {
    return [{ do: 'fetch-login' }];
  }

  fromClient(bytes: Uint8Array): DoorAction[] {
    return this.#act(() => {
      if (this.#phase === 'open') return this.#handOver(bytes);
      this.#client.push(bytes);
      this.#readClient();
    });
  }

  fromDatabase(bytes: Uint8Array): DoorAction[] {
    return this.#act(() => {
      if (this.#phase === 'open') return this.#handBack(bytes);
      this.#fromDatabase.push(bytes);
      this.#readDatabase();
    });
  }

  loginGiven(login: DoorLogin): DoorAction[] {
    return this.#act(() => {
      if (this.#phase === 'second-login') return this.#logInAgain(login);
      this.#login = login;
      if (this.#phase === 'login') this.#logIn(login);
    });
  }

  /** No credentials could be had. The client is told when it has come in, like of any refused login. */
  loginFailed(failure: Failure): DoorAction[] {
    return this.#act(() => {
      if (this.waitsFor === 'login') throw failure;
      this.#noLogin = failure;
    });
  }

  tlsReady(): DoorAction[] {
    return this.#act(() => {
      if (this.#phase !== 'tls') return;
      assert(this.#upstream !== undefined, 'TLS is ready before the login started');
      this.#phase = 'database-login';
      this.#apply(this.#upstream.tlsReady());
    });
  }

  /** The database side ended by itself. Not an end where it is about to be replaced after a refused login. */
  databaseEnded(): DoorAction[] {
    return this.#phase === 'second-login' ? [] : this.fail(databaseClosed(this.#target));
  }

  /** Something outside went wrong: ends the session, with words for the client where it expects an answer. */
  fail(failure: Failure): DoorAction[] {
    return this.#act(() => {
      if (this.#phase !== 'open')
        return this.#refuse(failure, refusalOf(failure), this.waitsFor === 'client');
      this.#phase = 'closed';
      this.#actions.push({ do: 'close', failure });
    });
  }

  /** Gathers what `work` wants done. A failure thrown in it is the session's end. */
  #act(work: () => void): DoorAction[] {
    if (this.#phase === 'closed') return [];
    this.#actions = [];
    try {
      work();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#refuse(error, refusalOf(error), false);
    }
    return this.#actions;
  }

  #refuse(failure: Failure, error: ErrorPacket, clientOwesPacket: boolean): void {
    this.#phase = 'closed';
    this.#client.refuse(error, clientOwesPacket);
    this.#actions.push({ do: 'close', failure });
  }

  #readClient(): void {
    while (this.waitsFor === 'client') {
      const payload = this.#client.next();
      if (payload === undefined) return;
      if (this.#phase === 'client-response') this.#hearResponse(payload);
      else if (this.#phase === 'change-user') this.#hearChangeUser(payload);
      else this.#hearAnswer(payload);
    }
  }

  #hearResponse(payload: Uint8Array): void {
    const response = this.#client.hearResponse(payload);
    this.#wishes = response;
    if ((response.plugin ?? ANNOUNCED_PLUGIN) === ANNOUNCED_PLUGIN) this.#hearAnswer(response.authResponse);
    else this.#ask(response.plugin);
  }

  #ask(plugin: string | undefined): void {
    this.#phase = 'client-answer';
    this.#client.ask(plugin);
  }

  #hearAnswer(answer: Uint8Array): void {
    this.#client.judge(answer);
    this.#phase = 'login';
    if (this.#noLogin !== undefined) throw this.#noLogin;
    if (this.#change !== undefined) this.#actions.push({ do: 'fetch-login' });
    else if (this.#login !== undefined) this.#logIn(this.#login);
  }

  /** The client is asked for its password anew, as a server does; then dp logs in again in its place. */
  #hearChangeUser(payload: Uint8Array): void {
    const flags = this.#upstream?.flags;
    assert(flags !== undefined, 'a user is changed before the first login');
    this.#change = orMalformed(() => parseChangeUser(payload, flags));
    this.#ask(this.#change.plugin);
  }

  #readDatabase(): void {
    try {
      if (this.#phase === 'greeting') this.#hearGreeting();
      else if (this.#phase === 'second-greeting') this.#hearSecondGreeting();
      else if (this.#phase === 'database-login') this.#hearLogin();
      else if (this.#fromDatabase.heldBytes > EARLY_BYTES_MAX)
        throw new MalformedPacket('too much too early');
    } catch (error) {
      throw error instanceof MalformedPacket ? databaseMalformed(this.#target, error) : error;
    }
  }

  #hearGreeting(): void {
    this.#greeting = this.#nextGreeting();
    if (this.#greeting === undefined) return;
    this.#phase = 'client-response';
    this.#client.greet(this.#greeting);
    this.#readClient();
  }

  #hearSecondGreeting(): void {
    const first = this.#greeting;
    const second = this.#nextGreeting();
    if (second === undefined) return;
    assert(first !== undefined && this.#login !== undefined, 'a second greeting without a first');
    // The client already counts on what the first greeting offered.
    if ((offeredFlags(first.flags) & ~second.flags) !== 0)
      throw new MalformedPacket('it changed since its greeting');
    this.#greeting = second;
    this.#logIn(this.#login);
  }

  #nextGreeting(): Greeting | undefined {
    const payload = this.#fromDatabase.next()?.payload;
    if (payload === undefined) return undefined;
    if (payload[0] === ERROR_HEADER) {
      const error = parseErrorPacket(payload);
      this.#refuse(databaseRefused(this.#target, error), error, false);
      return undefined;
    }
    const greeting = parseGreeting(payload);
    if (!isSpoken(greeting.flags)) throw new MalformedPacket('a server older than MySQL 5.5');
    return greeting;
  }

  #logIn(login: DoorLogin): void {
    this.#phase = 'database-login';
    if (this.#change === undefined) {
      assert(this.#greeting !== undefined && this.#wishes !== undefined, 'a login before the handshake');
      const [target, greeting, wishes] = [this.#target, this.#greeting, this.#wishes];
      this.#upstream = new UpstreamLogin({ target, greeting, login, wishes });
      this.#apply(this.#upstream.start());
    } else {
      assert(this.#upstream !== undefined, 'a user is changed before the first login');
      this.#apply(this.#upstream.changeUser(this.#change, login));
    }
    // A refusal may have come already, from a server that would not wait.
    if (this.#phase === 'database-login') this.#readDatabase();
  }

  #hearLogin(): void {
    while (this.#phase === 'database-login') {
      const packet = this.#fromDatabase.next();
      if (packet === undefined) return;
      assert(this.#upstream !== undefined, 'an answer to a login that was not started');
      this.#apply(this.#upstream.receive(packet));
    }
  }

  #apply(step: LoginStep): void {
    switch (step.kind) {
      case 'wait':
        break;
      case 'send':
        this.#actions.push({ do: 'send', to: 'database', bytes: step.bytes });
        break;
      case 'start-tls':
        this.#startTls(step.bytes);
        break;
      case 'failed':
        this.#loginFailed(step);
        break;
      case 'done':
        this.#open(step.ok);
    }
  }

  #startTls(bytes: Uint8Array): void {
    const tls = this.#login?.tls;
    assert(tls !== undefined, 'TLS without a name to check');
    // Bytes that came in the clear must never be read as if they had come encrypted.
    if (this.#fromDatabase.heldBytes > 0) {
      throw databaseMalformed(this.#target, new MalformedPacket('bytes before the TLS handshake'));
    }
    this.#phase = 'tls';
    this.#actions.push({ do: 'send', to: 'database', bytes }, { do: 'start-tls', tls });
  }

  /** A secret may be refused because it is being rotated at this moment: then it is fetched once more. */
  #loginFailed(step: LoginStep & { kind: 'failed' }): void {
    const login = this.#login;
    const mayBeRotating = step.failure?.code === 'door-login-denied' && login?.credential === 'secret';
    if (mayBeRotating && this.#denied === undefined && this.#change === undefined) {
      this.#denied = step;
      this.#phase = 'second-login';
      this.#actions.push({ do: 'fetch-login', refused: login });
      return;
    }
    const { error } = step;
    const failure = step.failure ?? (error && databaseRefused(this.#target, error));
    assert(failure !== undefined, 'a login failed without a reason');
    const own = refusalOf(failure);
    // The server's number always stays; its words too, where they are not about dp's credentials.
    const message = step.failure === undefined && error !== undefined ? error.message : own.message;
    this.#refuse(failure, { ...own, ...error, message }, false);
  }

  #logInAgain(login: DoorLogin): void {
    assert(this.#denied !== undefined, 'a second login without a refused one');
    if (login.password === this.#login?.password) this.#loginFailed(this.#denied);
    else {
      this.#login = login;
      this.#fromDatabase = new PacketReader(HANDSHAKE_PACKET_BYTES_MAX);
      this.#phase = 'second-greeting';
      this.#actions.push({ do: 'dial-again' });
    }
  }

  #open(ok: Uint8Array): void {
    const isFirst = this.#change === undefined;
    this.#change = undefined;
    this.#phase = 'open';
    this.#busy = false;
    this.#client.say(ok);
    const version = textOf(this.#greeting?.version ?? new Uint8Array());
    if (isFirst) this.#actions.push({ do: 'opened', user: this.#login?.user ?? '', version });
    const afterwards = this.#fromDatabase.takeRest();
    if (afterwards.length > 0) this.#handBack(afterwards);
    const early = this.#client.takeRest();
    if (early.length > 0) this.#handOver(early);
  }

  #handBack(bytes: Uint8Array): void {
    this.#busy = false;
    this.#actions.push({ do: 'send', to: 'client', bytes });
  }

  #handOver(bytes: Uint8Array): void {
    const scanned = this.#scanner.scan(bytes);
    this.#busy ||= scanned.asks;
    for (const part of scanned.pass) this.#actions.push({ do: 'send', to: 'database', bytes: part });
    if (scanned.stopped === undefined) return;
    this.#phase = 'change-user';
    this.#client.push(scanned.stopped);
    if (this.#busy) this.#refuse(changeUserWhileBusy(), refusalOf(changeUserWhileBusy()), true);
    else this.#readClient();
  }
}
