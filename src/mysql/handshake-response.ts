import { concatBytes } from '../std/bytes.ts';
import { CAPABILITY, has } from './capabilities.ts';
import { bytesOf, countedField, FieldReader, integerField, nulEnded, textOf } from './fields.ts';
import { MalformedPacket } from './malformed-packet.ts';

/** What a client wants of its session (HandshakeResponse41), without what it logs in with. */
export interface SessionWishes {
  readonly flags: number;
  readonly extendedFlags: number;
  /** The largest packet the client takes, in bytes. */
  readonly packetBytesMax: number;
  readonly characterSet: number;
  /** The default schema, in the client's bytes; undefined is none. */
  readonly database: Uint8Array | undefined;
  /** Connect attributes as the client sent them, without their length; undefined when it sent none. */
  readonly attributes: Uint8Array | undefined;
}

export interface HandshakeResponse extends SessionWishes {
  readonly user: Uint8Array;
  readonly authResponse: Uint8Array;
  /** Undefined from clients that know no plugins. */
  readonly plugin: string | undefined;
}

/** Filler after the character set; MariaDB clients put their extended flags into the last four bytes. */
const FILLER_BYTES = 19;
const FIXED_BYTES = 32;

/** Whether this is a client's wish for TLS rather than its handshake response. */
export function isTlsRequest(payload: Uint8Array): boolean {
  return payload.length === FIXED_BYTES && has(new FieldReader(payload).integer(4), CAPABILITY.tls);
}

/** `offered` are the flags of the greeting the client answers: what was not offered is not in the packet. */
export function parseHandshakeResponse(payload: Uint8Array, offered: number): HandshakeResponse {
  const fields = new FieldReader(payload);
  const sent = fields.integer(4);
  if (!has(sent, CAPABILITY.protocol41)) throw new MalformedPacket('a client older than MySQL 4.1');
  const agreed = sent & offered;
  const packetBytesMax = fields.integer(4);
  const characterSet = fields.integer(1);
  fields.bytes(FILLER_BYTES);
  const extended = fields.integer(4);
  const user = fields.untilNul();
  const authResponse = readAuthResponse(fields, agreed);
  const database =
    has(sent, CAPABILITY.connectWithDatabase) && fields.left > 0 ? fields.untilNul() : undefined;
  const named = has(agreed, CAPABILITY.pluginAuth) && fields.left > 0;
  const plugin = named ? textOf(fields.untilNulOrEnd()) : undefined;
  const attributed = has(agreed, CAPABILITY.connectAttributes) && fields.left > 0;
  return {
    flags: sent,
    extendedFlags: has(sent, CAPABILITY.longPassword) ? 0 : extended,
    packetBytesMax,
    characterSet,
    user,
    authResponse,
    database: database?.length === 0 ? undefined : database,
    plugin,
    attributes: attributed ? fields.counted() : undefined,
  };
}

function readAuthResponse(fields: FieldReader, agreed: number): Uint8Array {
  if (has(agreed, CAPABILITY.countedAuthResponse)) return fields.counted();
  if (has(agreed, CAPABILITY.secureConnection)) return fields.bytes(fields.integer(1));
  return fields.untilNul();
}

/** `flags` decides which fields follow; it must be what `upstreamFlags` gave. */
export function encodeHandshakeResponse(response: HandshakeResponse): Uint8Array {
  const { flags } = response;
  const counted = has(flags, CAPABILITY.countedAuthResponse);
  const { authResponse } = response;
  return concatBytes([
    fixedPart(response),
    nulEnded(response.user),
    counted ? countedField(authResponse) : concatBytes([integerField(authResponse.length, 1), authResponse]),
    has(flags, CAPABILITY.connectWithDatabase)
      ? nulEnded(response.database ?? new Uint8Array())
      : new Uint8Array(),
    has(flags, CAPABILITY.pluginAuth) ? nulEnded(bytesOf(response.plugin ?? '')) : new Uint8Array(),
    has(flags, CAPABILITY.connectAttributes)
      ? countedField(response.attributes ?? new Uint8Array())
      : new Uint8Array(),
  ]);
}

/** The short packet that comes before the TLS handshake: the response without anything secret. */
export function encodeTlsRequest(wishes: SessionWishes): Uint8Array {
  return fixedPart(wishes);
}

function fixedPart(wishes: SessionWishes): Uint8Array {
  return concatBytes([
    integerField(wishes.flags, 4),
    integerField(wishes.packetBytesMax, 4),
    integerField(wishes.characterSet, 1),
    new Uint8Array(FILLER_BYTES),
    integerField(wishes.extendedFlags, 4),
  ]);
}
