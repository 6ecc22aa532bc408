import { assert } from '../std/assert.ts';
import { offeredFlags } from './capabilities.ts';
import {
  ANNOUNCED_PLUGIN,
  afterGoodAnswer,
  type ClientChallenge,
  encodeChallenge,
  isWelcome,
  pluginFor,
} from './client-login.ts';
import { type ErrorPacket, encodeErrorPacket } from './error-packet.ts';
import { clientMalformed, clientWantsTls, localPasswordWrong } from './errors.ts';
import { encodeGreeting, type Greeting } from './greeting.ts';
import { type HandshakeResponse, isTlsRequest, parseHandshakeResponse } from './handshake-response.ts';
import { MalformedPacket } from './malformed-packet.ts';
import { encodePacket, PacketReader } from './packet.ts';

export interface ClientSideInput {
  /** Undefined lets in everybody who can reach the port. */
  readonly localPassword?: string;
  /** Twenty random bytes, none of them zero; called for every challenge. */
  readonly scramble: () => Uint8Array;
}

/**
 * The largest packet of a handshake, in bytes. MySQL keeps 64 KiB of connect attributes; with names, schema
 * and credentials nothing honest is larger.
 */
export const HANDSHAKE_PACKET_BYTES_MAX = 72 * 1024;
/** What either side may send before its turn, in bytes; an honest one sends nothing. */
export const EARLY_BYTES_MAX = 2 * HANDSHAKE_PACKET_BYTES_MAX;

/**
 * The conversation with the local client while it is not spliced: its packets in, packets for it out through
 * `send`, in order and numbered. Throws the Failure that ends the conversation.
 */
export class ClientSide {
  readonly #input: ClientSideInput;
  readonly #send: (bytes: Uint8Array) => void;
  #reader = new PacketReader(HANDSHAKE_PACKET_BYTES_MAX);
  #sequence = 0;
  #greeting: Greeting | undefined;
  #challenge: ClientChallenge | undefined;

  constructor(input: ClientSideInput, send: (bytes: Uint8Array) => void) {
    this.#input = input;
    this.#send = send;
  }

  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
    if (this.#reader.heldBytes > EARLY_BYTES_MAX) {
      throw clientMalformed(new MalformedPacket('more bytes before their turn than a login has'));
    }
  }

  /** The payload of the next whole packet, or undefined until it has arrived. */
  next(): Uint8Array | undefined {
    const packet = orMalformed(() => this.#reader.next());
    if (packet !== undefined) this.#sequence = packet.sequence + 1;
    return packet?.payload;
  }

  takeRest(): Uint8Array {
    return this.#reader.takeRest();
  }

  /** Greets in the database's name. */
  greet(greeting: Greeting): void {
    this.#greeting = greeting;
    this.#challenge = { plugin: ANNOUNCED_PLUGIN, scramble: this.#input.scramble() };
    this.say(encodeGreeting({ ...greeting, ...this.#challenge, flags: offeredFlags(greeting.flags) }));
  }

  hearResponse(payload: Uint8Array): HandshakeResponse {
    const greeting = this.#greeting;
    assert(greeting !== undefined, 'a client answered a greeting that was not sent');
    return orMalformed(() => {
      if (isTlsRequest(payload)) throw clientWantsTls();
      return parseHandshakeResponse(payload, offeredFlags(greeting.flags));
    });
  }

  /** Asks for an answer of the plugin that the client named, with a scramble of its own. */
  ask(named: string | undefined): void {
    this.#challenge = { plugin: pluginFor(named), scramble: this.#input.scramble() };
    this.say(encodeChallenge(this.#challenge));
  }

  /** Throws when the answer does not let the client in. */
  judge(answer: Uint8Array): void {
    assert(this.#challenge !== undefined, 'a client answered without being asked');
    if (!isWelcome(this.#challenge, answer, this.#input.localPassword)) throw localPasswordWrong();
    const after = afterGoodAnswer(this.#challenge, answer);
    if (after !== undefined) this.say(after);
  }

  say(payload: Uint8Array): void {
    this.#send(encodePacket(this.#sequence, payload));
    this.#sequence += 1;
  }

  /** Last words. A client that owes a packet sends it before it reads them, so they are numbered after it. */
  refuse(error: ErrorPacket, owesPacket: boolean): void {
    if (owesPacket) this.#sequence += 1;
    this.say(encodeErrorPacket(error, this.#greeting === undefined));
  }
}

/** A client that sends nonsense is told so. */
export function orMalformed<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof MalformedPacket ? clientMalformed(error) : error;
  }
}
