import { concatBytes } from '../std/bytes.ts';
import { COM_CHANGE_USER } from './change-user.ts';
import { announcedLength, HEADER_BYTES, PAYLOAD_BYTES_MAX } from './packet.ts';

/** Commands a server does not answer: quit, one piece of a long parameter, and closing a statement. */
const UNANSWERED = new Set([0x01, 0x18, 0x19]);

export interface Scanned {
  /** Bytes to hand on, in order. */
  readonly pass: readonly Uint8Array[];
  /** Whether a command that the server will answer starts in them. */
  readonly asks: boolean;
  /** From the header of a COM_CHANGE_USER on, when one was met; nothing behind it was looked at. */
  readonly stopped: Uint8Array | undefined;
}

/**
 * Walks over what a logged-in client sends, looking only at the first byte of each command, so that a
 * COM_CHANGE_USER is found wherever the stream was cut and however large the packets between are. Holds back
 * at most the four bytes of a header whose command byte has not arrived.
 */
export class CommandScanner {
  #payloadLeft = 0;
  #continues = false;
  #held: Uint8Array = new Uint8Array();

  scan(chunk: Uint8Array): Scanned {
    const bytes = this.#held.length === 0 ? chunk : concatBytes([this.#held, chunk]);
    this.#held = new Uint8Array();
    let at = 0;
    let asks = false;
    for (;;) {
      const skipped = Math.min(this.#payloadLeft, bytes.length - at);
      at += skipped;
      this.#payloadLeft -= skipped;
      if (this.#payloadLeft > 0 || at === bytes.length)
        return { pass: upTo(bytes, at), asks, stopped: undefined };
      const packet = this.#readHeader(bytes, at);
      if (packet === 'partial') {
        this.#held = bytes.slice(at);
        return { pass: upTo(bytes, at), asks, stopped: undefined };
      }
      if (packet.command === COM_CHANGE_USER)
        return { pass: upTo(bytes, at), asks, stopped: bytes.subarray(at) };
      asks ||= packet.command !== undefined && !UNANSWERED.has(packet.command);
      this.#continues = packet.length === PAYLOAD_BYTES_MAX;
      this.#payloadLeft = packet.length;
      at += HEADER_BYTES;
    }
  }

  /** Commands have sequence number 0 and do not continue an earlier packet; others have no command byte. */
  #readHeader(bytes: Uint8Array, at: number): 'partial' | { length: number; command: number | undefined } {
    if (bytes.length - at < HEADER_BYTES) return 'partial';
    const length = announcedLength(bytes, at);
    if (this.#continues || bytes[at + HEADER_BYTES - 1] !== 0 || length === 0)
      return { length, command: undefined };
    const command = bytes[at + HEADER_BYTES];
    return command === undefined ? 'partial' : { length, command };
  }
}

function upTo(bytes: Uint8Array, end: number): Uint8Array[] {
  if (end === 0) return [];
  return [end === bytes.length ? bytes : bytes.subarray(0, end)];
}
