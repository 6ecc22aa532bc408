/** The first thing a MySQL server says, before anybody logs in: enough to know that it is one, and which. */
import type { Duplex } from 'node:stream';
import { printable } from '../acknowledgement.ts';

export type Greeting = { readonly version: string } | { readonly refusal: string };

const PACKET_HEADER_BYTES = 4;
const PROTOCOL_VERSION = 10;
const ERROR_MARK = 0xff;
/** A greeting is about a hundred bytes; more than this is something else. */
const GREETING_BYTES_MAX = 1_024;
const GREETING_MS_MAX = 20_000;

/** Reads one packet. What answers with something else, or hangs up, is described in `refusal`. */
export async function readGreeting(stream: Duplex): Promise<Greeting> {
  const timer = setTimeout(() => stream.destroy(), GREETING_MS_MAX);
  let bytes = Buffer.alloc(0);
  try {
    for await (const piece of stream) {
      bytes = Buffer.concat([bytes, piece as Buffer]);
      if (isWhole(bytes) || bytes.length > GREETING_BYTES_MAX) break;
    }
  } catch {
    return { refusal: 'the connection broke before its greeting was whole' };
  } finally {
    clearTimeout(timer);
  }
  return judge(bytes);
}

function isWhole(bytes: Buffer): boolean {
  return bytes.length >= PACKET_HEADER_BYTES && bytes.length >= PACKET_HEADER_BYTES + bytes.readUIntLE(0, 3);
}

function judge(bytes: Buffer): Greeting {
  if (bytes.length === 0) return { refusal: 'it closed the connection without a word' };
  if (!isWhole(bytes)) return { refusal: 'its first bytes are no MySQL packet' };
  const first = bytes[PACKET_HEADER_BYTES];
  if (first === PROTOCOL_VERSION) {
    const end = bytes.indexOf(0, PACKET_HEADER_BYTES + 1);
    const version = printable(bytes.toString('latin1', PACKET_HEADER_BYTES + 1, end));
    // MariaDB puts 5.5.5- in front for the sake of old replicas; it is not its version.
    return { version: version.replace(/^5\.5\.5-(?=\d)/u, '') };
  }
  if (first !== ERROR_MARK) return { refusal: 'its first bytes are no MySQL greeting' };
  // An error before the greeting: two bytes of code, then text ("Host … is blocked", "Too many connections").
  return { refusal: `it says: ${printable(bytes.toString('utf8', PACKET_HEADER_BYTES + 3))}` };
}
