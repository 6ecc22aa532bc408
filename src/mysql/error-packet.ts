import { concatBytes } from '../std/bytes.ts';
import { bytesOf, FieldReader, integerField, textOf } from './fields.ts';

/** A server's refusal (ERR packet). */
export interface ErrorPacket {
  readonly number: number;
  /** Five characters: `28000`. */
  readonly sqlState: string;
  readonly message: string;
}

export const ERROR_HEADER = 0xff;
const SQL_STATE_BYTES = 5;
const SQL_STATE_MARK = 0x23;
/** Clients of the C library keep 512 bytes of a message, with its ending zero; the rest would be cut anywhere. */
const MESSAGE_BYTES_MAX = 511;

export function parseErrorPacket(payload: Uint8Array): ErrorPacket {
  const fields = new FieldReader(payload);
  fields.bytes(1);
  const number = fields.integer(2);
  const rest = fields.rest();
  if (rest[0] !== SQL_STATE_MARK) return { number, sqlState: 'HY000', message: textOf(rest) };
  const sqlState = textOf(rest.subarray(1, 1 + SQL_STATE_BYTES));
  return { number, sqlState, message: textOf(rest.subarray(1 + SQL_STATE_BYTES)) };
}

/**
 * `beforeHandshake`: the client has not said which protocol it speaks, so there is no SQLSTATE, as in a
 * server's own `Too many connections`.
 */
export function encodeErrorPacket(error: ErrorPacket, beforeHandshake: boolean): Uint8Array {
  const state = beforeHandshake ? '' : `#${error.sqlState}`;
  return concatBytes([
    integerField(ERROR_HEADER, 1),
    integerField(error.number, 2),
    bytesOf(state),
    cutBetweenCharacters(bytesOf(error.message)),
  ]);
}

/** Never ends inside a UTF-8 character. */
function cutBetweenCharacters(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= MESSAGE_BYTES_MAX) return bytes;
  let end = MESSAGE_BYTES_MAX;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}
