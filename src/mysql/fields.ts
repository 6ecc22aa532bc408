import { concatBytes } from '../std/bytes.ts';
import { MalformedPacket } from './malformed-packet.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NUL = new Uint8Array(1);

/** Reads a payload field by field, in the protocol's own types. Reading past the end throws MalformedPacket. */
export class FieldReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** An unsigned integer of one to four bytes, little end first. */
  integer(byteCount: 1 | 2 | 3 | 4): number {
    let value = 0;
    this.bytes(byteCount).forEach((byte, index) => {
      value += byte * 2 ** (8 * index);
    });
    return value;
  }

  bytes(count: number): Uint8Array {
    if (count > this.left) throw new MalformedPacket('a field that is longer than its packet');
    const field = this.#bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return field;
  }

  /** Up to a zero byte, which is read and left out. */
  untilNul(): Uint8Array {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw new MalformedPacket('a text without its ending zero');
    const field = this.bytes(end - this.#at);
    this.#at += 1;
    return field;
  }

  /** Up to a zero byte, or to the end of the packet: some servers forget the last zero. */
  untilNulOrEnd(): Uint8Array {
    return this.#bytes.indexOf(0, this.#at) < 0 ? this.rest() : this.untilNul();
  }

  /** Bytes with their length before them, in the protocol's variable-size integer. */
  counted(): Uint8Array {
    return this.bytes(this.#variableInteger());
  }

  rest(): Uint8Array {
    return this.bytes(this.left);
  }

  #variableInteger(): number {
    const first = this.integer(1);
    if (first < 0xfb) return first;
    if (first === 0xfc) return this.integer(2);
    if (first === 0xfd) return this.integer(3);
    // 0xfe announces eight bytes; no field of a handshake is that long, and 0xfb and 0xff are not lengths.
    throw new MalformedPacket('a length that no handshake field has');
  }
}

/** Text as it is shown in messages: invalid UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

export function integerField(value: number, byteCount: 1 | 2 | 3 | 4): Uint8Array {
  const bytes = new Uint8Array(byteCount);
  for (let index = 0; index < byteCount; index++) bytes[index] = Math.floor(value / 2 ** (8 * index)) & 0xff;
  return bytes;
}

export function nulEnded(bytes: Uint8Array): Uint8Array {
  return concatBytes([bytes, NUL]);
}

/** Bytes with their length before them; at most 16 MB, the most one packet carries. */
export function countedField(bytes: Uint8Array): Uint8Array {
  return concatBytes([variableInteger(bytes.length), bytes]);
}

function variableInteger(value: number): Uint8Array {
  if (value < 0xfb) return integerField(value, 1);
  if (value <= 0xffff) return concatBytes([integerField(0xfc, 1), integerField(value, 2)]);
  return concatBytes([integerField(0xfd, 1), integerField(value, 3)]);
}
