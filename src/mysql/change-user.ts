import { concatBytes } from '../std/bytes.ts';
import { CAPABILITY, has } from './capabilities.ts';
import { bytesOf, countedField, FieldReader, integerField, nulEnded, textOf } from './fields.ts';

/** COM_CHANGE_USER: log in again on an open connection, which also resets the session. */
export const COM_CHANGE_USER = 0x11;

export interface ChangeUser {
  readonly user: Uint8Array;
  readonly authResponse: Uint8Array;
  readonly database: Uint8Array;
  /** Two bytes here, one in the handshake; undefined when the client leaves the session's. */
  readonly characterSet: number | undefined;
  readonly plugin: string | undefined;
  readonly attributes: Uint8Array | undefined;
}

/** `flags` are those agreed in the handshake. */
export function parseChangeUser(payload: Uint8Array, flags: number): ChangeUser {
  const fields = new FieldReader(payload);
  fields.bytes(1);
  const user = fields.untilNul();
  const authResponse = fields.bytes(fields.integer(1));
  const database = fields.untilNulOrEnd();
  const characterSet = fields.left >= 2 ? fields.integer(2) : undefined;
  const plugin =
    has(flags, CAPABILITY.pluginAuth) && fields.left > 0 ? textOf(fields.untilNulOrEnd()) : undefined;
  const attributed = has(flags, CAPABILITY.connectAttributes) && fields.left > 0;
  return {
    user,
    authResponse,
    database,
    characterSet,
    plugin,
    attributes: attributed ? fields.counted() : undefined,
  };
}

export function encodeChangeUser(change: ChangeUser & { characterSet: number }, flags: number): Uint8Array {
  return concatBytes([
    integerField(COM_CHANGE_USER, 1),
    nulEnded(change.user),
    integerField(change.authResponse.length, 1),
    change.authResponse,
    nulEnded(change.database),
    integerField(change.characterSet, 2),
    nulEnded(bytesOf(change.plugin ?? '')),
    has(flags, CAPABILITY.connectAttributes)
      ? countedField(change.attributes ?? new Uint8Array())
      : new Uint8Array(),
  ]);
}
