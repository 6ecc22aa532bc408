import { concatBytes } from '../std/bytes.ts';
import { CAPABILITY, has } from './capabilities.ts';
import { bytesOf, FieldReader, integerField, nulEnded, textOf } from './fields.ts';
import { MalformedPacket } from './malformed-packet.ts';

/** The server's first packet (HandshakeV10). */
export interface Greeting {
  /** As the server words it, in its own bytes: `8.0.39`, `5.5.5-10.11.6-MariaDB`. */
  readonly version: Uint8Array;
  /** What `KILL` and `KILL QUERY` take, so a client's Ctrl-C can stop its own statement. */
  readonly connectionId: number;
  readonly flags: number;
  /** MariaDB's own capability bits; 0 from MySQL. */
  readonly extendedFlags: number;
  readonly characterSet: number;
  readonly status: number;
  /** Twenty random bytes that the password is hashed with. */
  readonly scramble: Uint8Array;
  readonly plugin: string;
}

const PROTOCOL_VERSION = 10;
const SCRAMBLE_BYTES = 20;
const FIRST_SCRAMBLE_BYTES = 8;
/** The second part of the scramble takes at least this much, with its ending zero. */
const SECOND_SCRAMBLE_BYTES_MIN = 13;

export function parseGreeting(payload: Uint8Array): Greeting {
  const fields = new FieldReader(payload);
  const protocol = fields.integer(1);
  if (protocol !== PROTOCOL_VERSION) throw new MalformedPacket(`a greeting of protocol version ${protocol}`);
  const version = fields.untilNul();
  const connectionId = fields.integer(4);
  const firstScramble = fields.bytes(FIRST_SCRAMBLE_BYTES);
  fields.bytes(1);
  const lowFlags = fields.integer(2);
  const characterSet = fields.integer(1);
  const status = fields.integer(2);
  const flags = (lowFlags | (fields.integer(2) << 16)) >>> 0;
  const scrambleBytes = fields.integer(1);
  fields.bytes(6);
  const extended = fields.integer(4);
  const secondScramble = fields.bytes(
    Math.max(SECOND_SCRAMBLE_BYTES_MIN, scrambleBytes - FIRST_SCRAMBLE_BYTES),
  );
  return {
    version,
    connectionId,
    flags,
    extendedFlags: has(flags, CAPABILITY.longPassword) ? 0 : extended,
    characterSet,
    status,
    scramble: concatBytes([firstScramble, secondScramble]).subarray(0, SCRAMBLE_BYTES),
    plugin: has(flags, CAPABILITY.pluginAuth) ? textOf(fields.untilNulOrEnd()) : 'mysql_native_password',
  };
}

export function encodeGreeting(greeting: Greeting): Uint8Array {
  return concatBytes([
    integerField(PROTOCOL_VERSION, 1),
    nulEnded(greeting.version),
    integerField(greeting.connectionId, 4),
    nulEnded(greeting.scramble.subarray(0, FIRST_SCRAMBLE_BYTES)),
    integerField(greeting.flags & 0xffff, 2),
    integerField(greeting.characterSet, 1),
    integerField(greeting.status, 2),
    integerField(greeting.flags >>> 16, 2),
    integerField(SCRAMBLE_BYTES + 1, 1),
    new Uint8Array(6),
    integerField(greeting.extendedFlags, 4),
    nulEnded(greeting.scramble.subarray(FIRST_SCRAMBLE_BYTES)),
    nulEnded(bytesOf(greeting.plugin)),
  ]);
}
