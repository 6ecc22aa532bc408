import { concatBytes } from '../std/bytes.ts';
import { MalformedPacket } from './malformed-packet.ts';

/** One protocol packet: its sequence number (0…255, wraps) and what follows the four header bytes. */
export interface Packet {
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** Three bytes of length, little end first, then the sequence number: the protocol's own layout. */
export const HEADER_BYTES = 4;
/** The largest payload one packet can carry; a packet of exactly this size is continued by the next one. */
export const PAYLOAD_BYTES_MAX = 0xff_ff_ff;

export function encodePacket(sequence: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  bytes[0] = payload.length & 0xff;
  bytes[1] = (payload.length >> 8) & 0xff;
  bytes[2] = payload.length >> 16;
  bytes[3] = sequence & 0xff;
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

/** The payload length a header announces. `at` is where the header starts. */
export function announcedLength(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}

/**
 * Cuts a byte stream, however it was split on the way, into packets. Throws MalformedPacket as soon as a
 * header announces more than `payloadBytesMax`, so a peer cannot make it hold more than that.
 */
export class PacketReader {
  readonly #payloadBytesMax: number;
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerFilled = 0;
  #payload: Uint8Array | undefined;
  #payloadFilled = 0;
  #unread: Uint8Array[] = [];

  constructor(payloadBytesMax: number) {
    this.#payloadBytesMax = payloadBytesMax;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#unread.push(bytes);
  }

  /** The next whole packet, or undefined until more bytes are pushed. */
  next(): Packet | undefined {
    for (;;) {
      const payload = this.#payload;
      if (payload !== undefined && this.#payloadFilled === payload.length) return this.#take(payload);
      const chunk = this.#unread[0];
      if (chunk === undefined) return undefined;
      const used = payload === undefined ? this.#fillHeader(chunk) : this.#fillPayload(chunk, payload);
      if (used === chunk.length) this.#unread.shift();
      else this.#unread[0] = chunk.subarray(used);
    }
  }

  /** Bytes of a packet that has not arrived whole, and of those behind it. */
  get heldBytes(): number {
    let held = this.#headerFilled + this.#payloadFilled;
    for (const chunk of this.#unread) held += chunk.length;
    return held;
  }

  /** Hands over what was pushed but not read, once the conversation goes on without packets. */
  takeRest(): Uint8Array {
    const partial: Uint8Array[] = [this.#header.subarray(0, this.#headerFilled)];
    if (this.#payload !== undefined) partial.push(this.#payload.subarray(0, this.#payloadFilled));
    const rest = concatBytes([...partial, ...this.#unread]);
    this.#unread = [];
    this.#startOver();
    return rest;
  }

  #fillHeader(chunk: Uint8Array): number {
    const used = Math.min(HEADER_BYTES - this.#headerFilled, chunk.length);
    this.#header.set(chunk.subarray(0, used), this.#headerFilled);
    this.#headerFilled += used;
    if (this.#headerFilled < HEADER_BYTES) return used;
    const length = announcedLength(this.#header, 0);
    if (length > this.#payloadBytesMax) {
      throw new MalformedPacket(`a packet of ${length} bytes where at most ${this.#payloadBytesMax} fit`);
    }
    this.#payload = new Uint8Array(length);
    return used;
  }

  #fillPayload(chunk: Uint8Array, payload: Uint8Array): number {
    const used = Math.min(payload.length - this.#payloadFilled, chunk.length);
    payload.set(chunk.subarray(0, used), this.#payloadFilled);
    this.#payloadFilled += used;
    return used;
  }

  #take(payload: Uint8Array): Packet {
    const sequence = this.#header[3] ?? 0;
    this.#startOver();
    return { sequence, payload };
  }

  #startOver(): void {
    this.#headerFilled = 0;
    this.#payload = undefined;
    this.#payloadFilled = 0;
  }
}
