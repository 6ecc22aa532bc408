/** What an acknowledgement says, and the closing notice of the gateway: the JSON payloads outside the handshake. */
import { writeAscii } from '../std/bytes.ts';
import type { AgentMessage, MessageTools } from './message.ts';
import { HEADER_FLAGS_ACKNOWLEDGE, MESSAGE_TYPE, PAYLOAD_AT, writeHeader } from './message.ts';

const decoder = new TextDecoder();

/** The longest notice of a peer that is shown to an operator, in characters. */
const NOTICE_CHARACTERS_MAX = 2_000;

/** Gives the bytes that acknowledge `message`: never itself sequenced, never acknowledged. */
export function encodeAcknowledgement(message: AgentMessage, nowMs: number, tools: MessageTools): Uint8Array {
  // Built by hand in the reference client's key order: one is made for every message received.
  const json =
    `{"AcknowledgedMessageType":"${message.messageType}","AcknowledgedMessageId":"${message.messageId}",` +
    `"AcknowledgedMessageSequenceNumber":${message.sequence},"IsSequentialMessage":true}`;
  const bytes = new Uint8Array(PAYLOAD_AT + json.length);
  writeAscii(bytes, PAYLOAD_AT, json);
  const header = {
    messageType: MESSAGE_TYPE.acknowledge,
    schemaVersion: 1,
    createdMs: nowMs,
    sequence: 0,
    flags: HEADER_FLAGS_ACKNOWLEDGE,
    messageId: tools.newId(),
    payloadType: 0,
  };
  return writeHeader(bytes, header, tools);
}

/** The sequence number an acknowledgement is about. Only its JSON counts, never the header's number. */
export function readAcknowledgedSequence(message: AgentMessage): number | undefined {
  const sequence = parseObject(message.payload)?.AcknowledgedMessageSequenceNumber;
  return typeof sequence === 'number' && Number.isSafeInteger(sequence) && sequence >= 0
    ? sequence
    : undefined;
}

/** The gateway's reason for ending the session, made safe to print; empty when it gave none. */
export function readClosedNotice(message: AgentMessage): string {
  const output = parseObject(message.payload)?.Output;
  return typeof output === 'string' ? printable(output) : '';
}

/** A JSON object, or undefined for anything else. */
export function parseObject(payload: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(decoder.decode(payload));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A peer's text without control characters, cut to a length a screen can bear. */
export function printable(words: string): string {
  return words
    .replace(/[\u0000-\u001f\u007f-\u009f]+/gu, ' ')
    .trim()
    .slice(0, NOTICE_CHARACTERS_MAX);
}
