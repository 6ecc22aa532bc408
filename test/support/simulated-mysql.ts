import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import { createSecureContext, TLSSocket } from 'node:tls';

/**
 * A SIMULATED MySQL 8 server, written for these tests from the protocol's description, because no server with
 * these plugins can be had here. It only logs in and answers every command with OK. It shares no code with
 * what it tests: it checks answers the way a server does, from the stored hash, not from the password.
 */
export interface SimulatedMysqlInput {
  readonly password: string;
  /** The plugin of the account; the server's default is caching_sha2_password. */
  readonly plugin:
    | 'caching_sha2_password'
    | 'mysql_native_password'
    | 'mysql_clear_password'
    | 'client_ed25519';
  /** Whether caching_sha2_password has the account in its cache; without it the password itself is wanted. */
  readonly cached?: boolean;
  readonly tls?: { readonly key: string; readonly certificate: string };
}

export interface SimulatedMysql {
  readonly port: number;
  /** What happened, in order: `tls`, `fast`, `full`, `clear`, `denied`, `logged in`, `command 3`. */
  readonly seen: readonly string[];
}

export async function startSimulatedMysql(
  t: Pick<TestContext, 'after'>,
  input: SimulatedMysqlInput,
): Promise<SimulatedMysql> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket, input, seen).catch((error) => seen.push(`broke: ${error}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, seen };
}

const TLS_FLAG = 0x800;

async function serve(socket: Socket, input: SimulatedMysqlInput, seen: string[]): Promise<void> {
  const scramble = randomScramble();
  const plain = new Conversation(socket);
  plain.write(greeting(scramble, input.tls !== undefined));
  let first = await plain.read();
  let talk = plain;
  if (first.length === 32 && input.tls !== undefined) {
    seen.push('tls');
    plain.leave();
    const context = createSecureContext({ key: input.tls.key, cert: input.tls.certificate });
    const secure = new TLSSocket(socket, { isServer: true, secureContext: context });
    secure.on('error', () => undefined);
    talk = new Conversation(secure, plain.sequence);
    first = await talk.read();
  }
  if (await logIn(talk, first, scramble, input, seen)) {
    seen.push('logged in');
    talk.write(Buffer.from([0, 0, 0, 2, 0, 0, 0]));
    await answerCommands(talk, seen);
  } else {
    seen.push('denied');
    talk.write(
      Buffer.concat([Buffer.from([0xff, 0x15, 0x04]), Buffer.from('#28000Access denied (simulated)')]),
    );
    socket.end();
  }
}

async function answerCommands(talk: Conversation, seen: string[]): Promise<void> {
  for (;;) {
    const command = await talk.read();
    seen.push(`command ${command[0]}`);
    if (command[0] === 1) return;
    talk.write(Buffer.from([0, 0, 0, 2, 0, 0, 0]));
  }
}

async function logIn(
  talk: Conversation,
  response: Buffer,
  scramble: Buffer,
  input: SimulatedMysqlInput,
  seen: string[],
): Promise<boolean> {
  const user = response.indexOf(0, 32);
  const length = response[user + 1] ?? 0;
  let answer = response.subarray(user + 2, user + 2 + length);
  let nonce = scramble;
  if (input.plugin !== 'caching_sha2_password') {
    nonce = randomScramble();
    const name = Buffer.from(`${input.plugin}\0`);
    talk.write(Buffer.concat([Buffer.from([0xfe]), name, nonce, Buffer.from([0])]));
    answer = await talk.read();
  }
  if (input.plugin === 'mysql_native_password') return isNative(answer, nonce, input.password);
  if (input.plugin === 'mysql_clear_password') {
    seen.push('clear');
    return answer.equals(Buffer.from(`${input.password}\0`));
  }
  if (input.plugin === 'client_ed25519') return false;
  if (input.cached === true) {
    if (!isCachingSha2(answer, nonce, input.password)) return false;
    seen.push('fast');
    talk.write(Buffer.from([1, 3]));
    return true;
  }
  seen.push('full');
  talk.write(Buffer.from([1, 4]));
  return (await talk.read()).equals(Buffer.from(`${input.password}\0`));
}

/** From the stored SHA1(SHA1(password)), as mysql.user keeps it. */
function isNative(answer: Buffer, nonce: Buffer, password: string): boolean {
  const stored = digest('sha1', digest('sha1', Buffer.from(password)));
  const mask = digest('sha1', nonce, stored);
  return digest('sha1', xor(answer, mask)).equals(stored);
}

/** From the cached SHA256(SHA256(password)). */
function isCachingSha2(answer: Buffer, nonce: Buffer, password: string): boolean {
  const cached = digest('sha256', digest('sha256', Buffer.from(password)));
  const mask = digest('sha256', cached, nonce);
  return digest('sha256', xor(answer, mask)).equals(cached);
}

function digest(algorithm: string, ...parts: Buffer[]): Buffer {
  return createHash(algorithm).update(Buffer.concat(parts)).digest();
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
}

function randomScramble(): Buffer {
  return Buffer.from(randomBytes(20).map((byte) => 1 + (byte % 127)));
}

/** MySQL 8.0's flags without LENENC auth data, so that lengths stay one byte here. */
const FLAGS = 0xdfffffff & ~(1 << 21) & ~TLS_FLAG;

function greeting(scramble: Buffer, tls: boolean): Buffer {
  const flags = (FLAGS | (tls ? TLS_FLAG : 0)) >>> 0;
  const fixed = Buffer.alloc(19);
  fixed.writeUInt16LE(flags & 0xffff, 0);
  fixed[2] = 255;
  fixed.writeUInt16LE(2, 3);
  fixed.writeUInt16LE(flags >>> 16, 5);
  fixed[7] = 21;
  const id = Buffer.from([9, 0, 0, 0]);
  const zero = Buffer.from([0]);
  const first = [Buffer.from([10]), Buffer.from('8.4.3-simulated\0'), id, scramble.subarray(0, 8), zero];
  const second = [fixed.subarray(0, 18), scramble.subarray(8), zero, Buffer.from('caching_sha2_password\0')];
  return Buffer.concat([...first, ...second]);
}

/** Packets in and out of one stream, numbered as the protocol wants. */
class Conversation {
  sequence: number;
  readonly #stream: Duplex;
  #held: Buffer = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  readonly #listen = (bytes: Buffer): void => {
    this.#held = Buffer.concat([this.#held, bytes]);
    this.#wake();
  };

  constructor(stream: Duplex, sequence = 0) {
    this.#stream = stream;
    this.sequence = sequence;
    stream.on('data', this.#listen);
  }

  leave(): void {
    this.#stream.off('data', this.#listen);
    this.#stream.pause();
    // The client's TLS hello may have come in the same read.
    if (this.#held.length > 0) this.#stream.unshift(this.#held);
  }

  write(payload: Buffer): void {
    const header = Buffer.from([0, 0, 0, this.sequence]);
    header.writeUIntLE(payload.length, 0, 3);
    this.sequence = (this.sequence + 1) & 0xff;
    this.#stream.write(Buffer.concat([header, payload]));
  }

  async read(): Promise<Buffer> {
    for (;;) {
      const size = this.#held.length < 4 ? undefined : 4 + this.#held.readUIntLE(0, 3);
      if (size !== undefined && this.#held.length >= size) {
        const packet = this.#held.subarray(0, size);
        this.#held = this.#held.subarray(size);
        this.sequence = ((packet[3] ?? 0) + 1) & 0xff;
        return packet.subarray(4);
      }
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }
}
