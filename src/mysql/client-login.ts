import { concatBytes } from '../std/bytes.ts';
import { bytesOf, nulEnded } from './fields.ts';
import {
  CACHING_SHA2_PASSWORD,
  cachingSha2Response,
  equalInConstantTime,
  NATIVE_PASSWORD,
  nativeResponse,
  SCRAMBLE_BYTES,
} from './scramble.ts';

/** What the local greeting announces: every client of the last twenty years has it or asks for another. */
export const ANNOUNCED_PLUGIN = NATIVE_PASSWORD;

export interface ClientChallenge {
  readonly plugin: string;
  readonly scramble: Uint8Array;
}

const AUTH_SWITCH = 0xfe;
const AUTH_MORE = 0x01;
const FAST_LOGIN_DONE = 0x03;

/** The plugin to ask a client in that named its own: that one where dp speaks it. */
export function pluginFor(named: string | undefined): string {
  return named === CACHING_SHA2_PASSWORD ? CACHING_SHA2_PASSWORD : NATIVE_PASSWORD;
}

/** Asks the client to log in by another plugin or with another scramble (AuthSwitchRequest). */
export function encodeChallenge(challenge: ClientChallenge): Uint8Array {
  return concatBytes([
    Uint8Array.of(AUTH_SWITCH),
    nulEnded(bytesOf(challenge.plugin)),
    nulEnded(challenge.scramble.subarray(0, SCRAMBLE_BYTES)),
  ]);
}

/**
 * Whether the client may come in. Without a `localPassword` everybody who can reach the port may, whatever
 * the user and password are; else the answer must be the one only that password gives.
 */
export function isWelcome(
  challenge: ClientChallenge,
  answer: Uint8Array,
  localPassword: string | undefined,
): boolean {
  if (localPassword === undefined) return true;
  const respond = challenge.plugin === CACHING_SHA2_PASSWORD ? cachingSha2Response : nativeResponse;
  return equalInConstantTime(answer, respond(localPassword, challenge.scramble));
}

/**
 * What caching_sha2_password sends between a good answer and OK: "the fast way was enough". Nothing for the
 * other plugin, and nothing for a client without a password, which waits for OK at once.
 */
export function afterGoodAnswer(challenge: ClientChallenge, answer: Uint8Array): Uint8Array | undefined {
  const without = answer.length === 0 || (answer.length === 1 && answer[0] === 0);
  if (challenge.plugin !== CACHING_SHA2_PASSWORD || without) return undefined;
  return Uint8Array.of(AUTH_MORE, FAST_LOGIN_DONE);
}
