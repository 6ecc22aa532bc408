import type { Failure } from '../std/failure.ts';
import type { ErrorPacket } from './error-packet.ts';

type Numbers = Pick<ErrorPacket, 'number' | 'sqlState'>;

/** ER_CONNECT_TO_FOREIGN_DATA_SOURCE, ER_SECURE_TRANSPORT_REQUIRED, ER_ACCESS_DENIED_ERROR, … */
const CANNOT_CONNECT: Numbers = { number: 1429, sqlState: 'HY000' };
const TLS_FAILED: Numbers = { number: 3159, sqlState: 'HY000' };
const ACCESS_DENIED: Numbers = { number: 1045, sqlState: '28000' };
const UNSUPPORTED_LOGIN: Numbers = { number: 1251, sqlState: '08004' };
const BAD_HANDSHAKE: Numbers = { number: 1043, sqlState: '08S01' };

/**
 * MySQL's own numbers for what can go wrong at the door, so that clients and drivers treat it as they would
 * without dp. Only numbers of the server: 2000 to 2999 are the client library's own, and MariaDB's takes a
 * server that sends one for an attacker.
 */
export const NUMBERS: Readonly<Record<string, Numbers>> = {
  'door-database-unreachable': CANNOT_CONNECT,
  'door-database-closed': { number: 1158, sqlState: '08S01' },
  'door-database-silent': { number: 1159, sqlState: '08S01' },
  'door-database-malformed': { number: 1835, sqlState: 'HY000' },
  'door-plugin-unsupported': UNSUPPORTED_LOGIN,
  'door-clear-password-refused': UNSUPPORTED_LOGIN,
  'door-tls-not-offered': TLS_FAILED,
  'door-tls-name-mismatch': TLS_FAILED,
  'door-tls-refused': TLS_FAILED,
  'door-local-password-wrong': ACCESS_DENIED,
  'door-client-malformed': BAD_HANDSHAKE,
  'door-client-wants-tls': BAD_HANDSHAKE,
  'door-client-silent': { number: 1159, sqlState: '08S01' },
  'door-too-many-handshakes': { number: 1040, sqlState: '08004' },
  'door-change-user-busy': { number: 1047, sqlState: '08S01' },
};

/**
 * The refusal a client sees. A failure of the credentials' source (sign-in expired, secret not readable) has
 * no number of its own and is an access denied. The first next step is part of the words: a client shows
 * nothing else.
 */
export function refusalOf(failure: Failure): ErrorPacket {
  const step = failure.nextSteps[0];
  const message = step === undefined ? `dp: ${failure.message}` : `dp: ${failure.message} Try: ${step}`;
  return { ...(NUMBERS[failure.code] ?? ACCESS_DENIED), message: message.replaceAll(/\s+/g, ' ') };
}
