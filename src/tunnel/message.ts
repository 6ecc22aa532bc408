/**
 * The binary message of a Session Manager data channel. One websocket message carries one of these;
 * all numbers are big-endian.
 *
 *   0 header length · 4 type (32 bytes of text) · 36 schema · 40 created (ms) · 48 sequence · 56 flags
 *   64 identifier (16) · 80 SHA-256 of the payload (32) · 112 payload type · 116 payload length · 120 payload
 *
 * The header length counts up to the payload length, which follows it. The gateway's own messages may
 * leave the payload type out: their header length is 112 and everything after it lies four bytes earlier.
 */
import { equalBytes, writeAscii } from '../std/bytes.ts';
import { readIdentifier, writeIdentifier } from './identifiers.ts';

/** What the core borrows from outside, so that it owns neither a hash, nor chance. */
export interface MessageTools {
  sha256(bytes: Uint8Array): Uint8Array;
  /** A new random UUID in text form. */
  newId(): string;
}

export interface AgentMessage {
  /** `input_stream_data`, `output_stream_data`, `acknowledge`, `channel_closed`, … without padding. */
  readonly messageType: string;
  readonly schemaVersion: number;
  /** Milliseconds since the epoch, as the sender's clock had it. */
  readonly createdMs: number;
  readonly sequence: number;
  readonly flags: number;
  /** Text form of the UUID. */
  readonly messageId: string;
  /** One of PAYLOAD for stream messages; 0 otherwise. */
  readonly payloadType: number;
  /** A view into the bytes that were decoded: copy it to keep it. */
  readonly payload: Uint8Array;
}

export const MESSAGE_TYPE = {
  input: 'input_stream_data',
  output: 'output_stream_data',
  acknowledge: 'acknowledge',
  channelClosed: 'channel_closed',
  startPublication: 'start_publication',
  pausePublication: 'pause_publication',
} as const;

export const PAYLOAD = {
  output: 1,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  encryptionChallenge: 8,
  flag: 10,
} as const;

/** The four bytes of a flag payload, as a number. */
export const FLAG = { disconnectToPort: 1, terminateSession: 2, connectToPortError: 3 } as const;

/** Bits of the header's flags: both set on every acknowledgement. */
export const HEADER_FLAGS_ACKNOWLEDGE = 3;

const HEADER_LENGTH = 116;
const HEADER_LENGTH_WITHOUT_PAYLOAD_TYPE = 112;
const PAYLOAD_LENGTH_BYTES = 4;
/** Where the payload of everything dp sends begins. */
export const PAYLOAD_AT = HEADER_LENGTH + PAYLOAD_LENGTH_BYTES;
const TYPE_AT = 4;
const TYPE_BYTES = 32;
const DIGEST_AT = 80;
const DIGEST_BYTES = 32;
const TWO_TO_32 = 0x1_0000_0000;
/** Sequence numbers are counted from 0; 2^53 of them outlast any session. */
const SEQUENCE_HIGH_MAX = 0x1f_ffff;

/** The largest message dp reads. The agent sends about 1 KiB and accepts 256 KiB (measured). */
export const MESSAGE_BYTES_MAX = 1024 * 1024;

/** Gives the bytes of a message. The payload must not be empty: neither peer can send or read that. */
export function encodeMessage(message: AgentMessage, tools: Pick<MessageTools, 'sha256'>): Uint8Array {
  const bytes = new Uint8Array(PAYLOAD_AT + message.payload.length);
  bytes.set(message.payload, PAYLOAD_AT);
  return writeHeader(bytes, message, tools);
}

/** Completes a message whose payload is in place, from `PAYLOAD_AT` to the end of `bytes`. Gives `bytes`. */
export function writeHeader(
  bytes: Uint8Array,
  message: Omit<AgentMessage, 'payload'>,
  tools: Pick<MessageTools, 'sha256'>,
): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  bytes.fill(32, TYPE_AT, TYPE_AT + TYPE_BYTES);
  writeAscii(bytes, TYPE_AT, message.messageType);
  view.setUint32(0, HEADER_LENGTH);
  view.setUint32(36, message.schemaVersion);
  setUint64(view, 40, message.createdMs);
  setUint64(view, 48, message.sequence);
  setUint64(view, 56, message.flags);
  writeIdentifier(bytes, 64, message.messageId);
  bytes.set(tools.sha256(bytes.subarray(PAYLOAD_AT)), DIGEST_AT);
  view.setUint32(112, message.payloadType);
  view.setUint32(116, bytes.length - PAYLOAD_AT);
  return bytes;
}

/** What differs from one sequenced message of the client to the next. */
export type InputMessage = Pick<AgentMessage, 'sequence' | 'createdMs' | 'payloadType' | 'payload'>;

/** Gives the bytes of a sequenced message from the client to the agent. */
export function encodeInput(input: InputMessage, tools: MessageTools): Uint8Array {
  const fixed = { messageType: MESSAGE_TYPE.input, schemaVersion: 1, flags: 0, messageId: tools.newId() };
  return encodeMessage({ ...fixed, ...input }, tools);
}

/** Why bytes are no message. The receiver drops and counts them; nothing in them can be trusted. */
export interface MessageFault {
  readonly fault: 'truncated' | 'header-length' | 'message-type' | 'created-date' | 'sequence' | 'digest';
}

export function isMessageFault(result: AgentMessage | MessageFault): result is MessageFault {
  return 'fault' in result;
}

/**
 * Reads one message, or says why it is none. The stated payload length is not believed (the gateway
 * writes nonsense there): the payload is the rest of the bytes. The digest is checked for everything but
 * empty payloads and the two publication messages, whose digests the gateway does not fill.
 */
export function decodeMessage(
  bytes: Uint8Array,
  tools: Pick<MessageTools, 'sha256'>,
): AgentMessage | MessageFault {
  if (bytes.length < HEADER_LENGTH_WITHOUT_PAYLOAD_TYPE + PAYLOAD_LENGTH_BYTES) return { fault: 'truncated' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(0);
  if (headerLength !== HEADER_LENGTH && headerLength !== HEADER_LENGTH_WITHOUT_PAYLOAD_TYPE)
    return { fault: 'header-length' };
  if (bytes.length < headerLength + PAYLOAD_LENGTH_BYTES) return { fault: 'truncated' };
  const messageType = readType(bytes);
  if (messageType === undefined) return { fault: 'message-type' };
  if (view.getUint32(48) > SEQUENCE_HIGH_MAX) return { fault: 'sequence' };
  const message: AgentMessage = {
    messageType,
    schemaVersion: view.getUint32(36),
    createdMs: getUint64(view, 40),
    sequence: getUint64(view, 48),
    flags: getUint64(view, 56),
    messageId: readIdentifier(bytes, 64),
    payloadType: headerLength === HEADER_LENGTH ? view.getUint32(112) : 0,
    payload: bytes.subarray(headerLength + PAYLOAD_LENGTH_BYTES),
  };
  if (isPublication(messageType)) return message;
  if (message.createdMs === 0) return { fault: 'created-date' };
  if (message.payload.length > 0 && !digestMatches(bytes, message.payload, tools)) return { fault: 'digest' };
  return message;
}

/** The words of `start_publication` and `pause_publication`: a hint about the other peer, nothing more. */
export function isPublication(messageType: string): boolean {
  return messageType === MESSAGE_TYPE.startPublication || messageType === MESSAGE_TYPE.pausePublication;
}

const TYPES_BY_LENGTH = new Map<number, readonly string[]>();
for (const known of Object.values(MESSAGE_TYPE))
  TYPES_BY_LENGTH.set(known.length, [...(TYPES_BY_LENGTH.get(known.length) ?? []), known]);

/** The type without its padding of spaces or NULs; undefined when it is empty or not plain ASCII. */
function readType(bytes: Uint8Array): string | undefined {
  let end = TYPE_AT + TYPE_BYTES;
  while (end > TYPE_AT && (bytes[end - 1] === 32 || bytes[end - 1] === 0)) end--;
  // Known types are compared in place: one is read for every message, and making text is the dear part.
  for (const known of TYPES_BY_LENGTH.get(end - TYPE_AT) ?? []) if (isTextAt(bytes, known)) return known;
  let start = TYPE_AT;
  while (start < end && bytes[start] === 32) start++;
  let name = '';
  for (let i = start; i < end; i++) {
    const code = bytes[i] as number;
    if (code < 32 || code > 126) return undefined;
    name += String.fromCharCode(code);
  }
  return name === '' ? undefined : name;
}

function isTextAt(bytes: Uint8Array, known: string): boolean {
  for (let i = 0; i < known.length; i++) if (bytes[TYPE_AT + i] !== known.charCodeAt(i)) return false;
  return true;
}

function digestMatches(bytes: Uint8Array, payload: Uint8Array, tools: Pick<MessageTools, 'sha256'>): boolean {
  return equalBytes(tools.sha256(payload), bytes.subarray(DIGEST_AT, DIGEST_AT + DIGEST_BYTES));
}

function setUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / TWO_TO_32));
  view.setUint32(at + 4, value % TWO_TO_32);
}

function getUint64(view: DataView, at: number): number {
  return view.getUint32(at) * TWO_TO_32 + view.getUint32(at + 4);
}
