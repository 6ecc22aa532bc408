import type { Duplex } from 'node:stream';
import type { DoorAction } from '../../mysql/door-action.ts';
import type { DoorLogin, DoorTls } from '../../mysql/door-login.ts';
import type { AwaitedParty } from '../../mysql/door-phase.ts';
import { DoorSession } from '../../mysql/door-session.ts';
import { clientSilent, databaseSilent, databaseUnreachable, loginUnavailable } from '../../mysql/errors.ts';
import { type Failure, messageOf } from '../../std/failure.ts';
import { corkTurn } from './cork-turn.ts';
import type { Dial, DoorLimits, MysqlDoorDeps } from './mysql-door.ts';
import { startTls, tlsFailure } from './mysql-door-tls.ts';

export interface DoorConnectionInput {
  readonly client: Duplex;
  readonly target: string;
  readonly localPassword?: string;
  readonly scramble: () => Uint8Array;
  readonly limits: DoorLimits;
}

export interface DoorConnectionDeps extends MysqlDoorDeps {
  readonly dial: Dial;
  /** Called once, when both sides are over. */
  done(): void;
}

/** How long either side may take for the other's last words before its stream is destroyed. */
const LAST_WORDS_MS = 2_000;

/** One client, its database connection, and the session between them. */
export class DoorConnection {
  readonly #input: DoorConnectionInput;
  readonly #deps: DoorConnectionDeps;
  readonly #session: DoorSession;
  readonly #client: Duplex;
  readonly #startedMs = performance.now();
  #database: Duplex | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timedParty: AwaitedParty = 'nobody';
  #bytesToDatabase = 0;
  #bytesToClient = 0;
  #opened = false;
  #closing = false;
  #over = false;

  constructor(input: DoorConnectionInput, deps: DoorConnectionDeps) {
    this.#input = input;
    this.#deps = deps;
    this.#client = input.client;
    this.#session = new DoorSession(input);
  }

  /** Whether the login is still to be done. */
  get isLoggingIn(): boolean {
    return !this.#opened && !this.#closing;
  }

  start(): void {
    const client = this.#client;
    client.on('data', (bytes: Buffer) => this.#apply(this.#session.fromClient(bytes)));
    client.on('end', () => this.#clientEnded());
    client.on('error', () => undefined);
    client.on('close', () => this.#clientClosed());
    this.#apply(this.#session.start());
    void this.#dial();
  }

  /** Ends both sides at once. */
  destroy(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#client.destroy();
    this.#database?.destroy();
    const [bytesToDatabase, bytesToClient] = [this.#bytesToDatabase, this.#bytesToClient];
    if (this.#opened) this.#deps.notify?.({ event: 'closed', bytesToDatabase, bytesToClient });
    this.#deps.done();
  }

  #apply(actions: readonly DoorAction[]): void {
    if (this.#over) return;
    for (const action of actions) this.#do(action);
    this.#watchTime();
  }

  #do(action: DoorAction): void {
    switch (action.do) {
      case 'send':
        this.#send(action.to, action.bytes);
        break;
      case 'fetch-login':
        void this.#fetchLogin(action.refused);
        break;
      case 'start-tls':
        this.#startTls(action.tls);
        break;
      case 'dial-again':
        this.#leaveDatabase()?.destroy();
        void this.#dial();
        break;
      case 'opened':
        this.#open(action.user, action.version);
        break;
      case 'close':
        this.#close(action.failure);
    }
  }

  /** Writes, and stops reading the other side until this one has taken it. */
  #send(to: 'client' | 'database', bytes: Uint8Array): void {
    const [stream, source] =
      to === 'client' ? [this.#client, this.#database] : [this.#database, this.#client];
    if (stream === undefined || !stream.writable) return;
    if (to === 'client') this.#bytesToClient += bytes.length;
    else this.#bytesToDatabase += bytes.length;
    corkTurn(stream);
    if (stream.write(bytes) || source === undefined || source.isPaused()) return;
    source.pause();
    stream.once('drain', () => source.resume());
  }

  async #fetchLogin(refused: DoorLogin | undefined): Promise<void> {
    let login: DoorLogin;
    try {
      login = await this.#deps.login(refused === undefined ? {} : { refused });
    } catch (error) {
      return this.#apply(this.#session.loginFailed(loginUnavailable(this.#input.target, error)));
    }
    this.#apply(this.#session.loginGiven(login));
  }

  async #dial(): Promise<void> {
    let database: Duplex;
    try {
      database = await this.#deps.dial();
    } catch (error) {
      return this.#databaseFailed(error);
    }
    if (this.#over || this.#closing) return void database.destroy();
    this.#hear(database, (error) => this.#databaseFailed(error));
  }

  /** Listens to a database stream for as long as it is the current one. */
  #hear(stream: Duplex, failed: (error: Error) => void): void {
    this.#database = stream;
    const ifCurrent = <T>(handle: (given: T) => void) => {
      return (given: T) => {
        if (this.#database === stream) handle(given);
      };
    };
    stream.on(
      'data',
      ifCurrent((bytes: Buffer) => this.#apply(this.#session.fromDatabase(bytes))),
    );
    stream.on(
      'error',
      ifCurrent((error: Error) => failed(error)),
    );
    const ended = ifCurrent(() => this.#databaseEnded());
    stream.on('end', ended);
    stream.on('close', ended);
  }

  #databaseFailed(error: unknown): void {
    this.#apply(this.#session.fail(databaseUnreachable(this.#input.target, messageOf(error))));
  }

  #databaseEnded(): void {
    this.#apply(this.#session.databaseEnded());
  }

  #startTls(tls: DoorTls): void {
    const plain = this.#leaveDatabase();
    if (plain === undefined) return;
    const secure = startTls(plain, tls);
    let isSecure = false;
    this.#hear(secure, (error) => {
      if (isSecure) return this.#databaseFailed(error);
      this.#apply(this.#session.fail(tlsFailure(this.#input.target, tls, error)));
    });
    secure.once('secureConnect', () => {
      isSecure = true;
      this.#apply(this.#session.tlsReady());
    });
  }

  /** Stops listening to the current database stream. */
  #leaveDatabase(): Duplex | undefined {
    const stream = this.#database;
    this.#database = undefined;
    stream?.removeAllListeners('data');
    stream?.pause();
    return stream;
  }

  #open(user: string, version: string): void {
    this.#opened = true;
    this.#deps.notify?.({ event: 'opened', user, version, loginMs: performance.now() - this.#startedMs });
  }

  #clientEnded(): void {
    if (this.#opened) this.#database?.end();
    else this.destroy();
  }

  /** What the client sent before it went away still reaches the database, as it would without dp. */
  #clientClosed(): void {
    const database = this.#database;
    if (this.#opened && !this.#closing && database !== undefined) {
      setTimeout(() => this.destroy(), LAST_WORDS_MS).unref();
      database.end(() => this.destroy());
    } else this.destroy();
  }

  /** Lets the client read its last words: a socket destroyed with unread input would lose them on the way. */
  #close(failure: Failure | undefined): void {
    if (this.#closing) return;
    this.#closing = true;
    if (failure !== undefined && !this.#opened) this.#deps.notify?.({ event: 'refused', failure });
    this.#database?.destroy();
    this.#client.removeAllListeners('data');
    this.#client.resume();
    this.#client.end(() => setTimeout(() => this.destroy(), LAST_WORDS_MS).unref());
  }

  #watchTime(): void {
    const party = this.#session.waitsFor;
    if (party === this.#timedParty) return;
    this.#timedParty = party;
    clearTimeout(this.#timer);
    if (party === 'nobody') return;
    const { clientTimeoutMs, databaseTimeoutMs } = this.#input.limits;
    const ms = party === 'client' ? clientTimeoutMs : databaseTimeoutMs;
    this.#timer = setTimeout(() => this.#timedOut(party, ms / 1000), ms);
  }

  #timedOut(party: AwaitedParty, seconds: number): void {
    const failure = party === 'client' ? clientSilent(seconds) : databaseSilent(this.#input.target, seconds);
    this.#apply(this.#session.fail(failure));
  }
}
